import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depot.pages.builder import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Depot
from tests.depot.pages.conftest import Clock
from triporteur_depot.charted import BUCKET_MS, CHARGE, TEMPERATURE
from triporteur_depot.pages import history
from triporteur_depot.pages.curves import Column
from triporteur_depot.pages.days import Window
from triporteur_wire.records import Telemetry


def charge(depot: Depot, unit_id: int, window: Window) -> list[tuple[int, float | None]]:
    found = history.recorded(depot.connection, unit_id, window).traces[CHARGE]
    return [
        pair for trace in found.values() for pair in zip(trace.times_ms, trace.values, strict=True)
    ]


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.integers(-2_000, 90_000), min_size=1, max_size=60),
    gaps=st.lists(st.integers(1, 5), min_size=60, max_size=60),
    start_s=st.integers(-60, 2_000),
    length_s=st.integers(1, 2_000),
)
def test_a_window_holds_just_the_records_within_it(
    steps: list[int],
    gaps: list[int],
    start_s: int,
    length_s: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    depot = Depot(tmp_path_factory.mktemp("depot") / "depot.db")
    unit_id = depot.unit("ben", None, 0)
    depot.anchor(unit_id, 0, 0)
    log = depot.log(unit_id)
    latest_ms, instants = 0, []
    for number, (step, gap) in enumerate(zip(steps, gaps, strict=False)):
        # Order by seq is order by time give or take two seconds.
        at_ms = latest_ms + step
        latest_ms = max(latest_ms, at_ms)
        log.seq += gap - 1
        log.say(at_ms, soc_pct=float(number))
        instants.append(at_ms)
    log.store()
    window = Window(start_s * SECOND_MS, (start_s + length_s) * SECOND_MS)
    found = charge(depot, unit_id, window)
    depot.connection.close()
    within = sorted(at for at in instants if window.start_ms <= at < window.end_ms)
    assert [at for at, _ in found] == within


def test_the_anchor_with_the_least_error_gives_the_time(depot: Depot, clock: Clock) -> None:
    unit_id = depot.unit("ben", None, clock())
    log = depot.log(unit_id)
    log.say(HOUR_MS, soc_pct=50.0)
    log.store()
    around = Window(clock() - DAY_MS, clock() + DAY_MS)
    assert charge(depot, unit_id, around) == []
    depot.anchor(unit_id, HOUR_MS, clock() - 30 * MINUTE_MS, error_ms=60_000)
    assert charge(depot, unit_id, around) == [(clock() - 30 * MINUTE_MS, 50.0)]
    depot.anchor(unit_id, 3 * HOUR_MS, clock(), error_ms=20)
    assert charge(depot, unit_id, around) == [(clock() - 2 * HOUR_MS, 50.0)]


def test_each_boot_has_its_own_time(depot: Depot, clock: Clock) -> None:
    unit_id = depot.unit("ben", None, clock())
    for boot_no, hours_ago in ((1, 5), (2, 2)):
        depot.anchor(unit_id, 0, clock() - hours_ago * HOUR_MS, boot_no=boot_no)
        log = depot.log(unit_id, boot_no)
        log.say(MINUTE_MS, soc_pct=float(boot_no))
        log.store()
    found = charge(depot, unit_id, Window(clock() - DAY_MS, clock()))
    assert [value for _, value in found] == [1.0, 2.0]
    assert found[1][0] - found[0][0] == 3 * HOUR_MS


def test_the_hottest_sensor_is_drawn_and_nonsense_is_no_measure(depot: Depot, clock: Clock) -> None:
    unit_id = depot.unit("ben", None, clock())
    depot.anchor(unit_id, 0, clock() - HOUR_MS)
    log = depot.log(unit_id)
    log.say(1000, battery_temps_c=(12.0, 14.0))
    log.say(2000, battery_temps_c=(12.0, 900.0))
    log.say(3000, battery_temps_c=())
    log.store()
    found = history.recorded(depot.connection, unit_id, Window(0, clock()))
    assert list(found.traces[TEMPERATURE]["battery"].values) == [14.0, None, None]


def test_a_body_that_cannot_be_read_costs_only_itself(depot: Depot, clock: Clock) -> None:
    unit_id = depot.unit("ben", None, clock())
    depot.anchor(unit_id, 0, clock() - HOUR_MS)
    log = depot.log(unit_id)
    log.rows.append((log.id, 1, "telemetry", 1000, b'{"not": "ours"}'))
    log.rows.append((log.id, 2, "from-the-future", 1500, b"{}"))
    log.seq = 2
    log.say(2000, soc_pct=50.0)
    log.store()
    assert [value for _, value in charge(depot, unit_id, Window(0, clock()))] == [50.0]


def test_quarters_of_an_hour_stand_side_by_side_whatever_the_boot_began(
    depot: Depot, clock: Clock
) -> None:
    unit_id = depot.unit("ben", None, clock())
    boot_utc_ms = clock() - 5 * HOUR_MS + 7 * MINUTE_MS
    depot.anchor(unit_id, 0, boot_utc_ms)
    log = depot.log(unit_id)
    for minute in range(0, 240, 5):
        log.add(minute * MINUTE_MS, Telemetry("battery", {"soc_pct": 90.0 - minute / 10}))
    log.store()
    depot.roll_up()
    window = Window(clock() - 6 * HOUR_MS, clock())
    found = history.quarters(depot.connection, unit_id, CHARGE, "battery", window)
    known = [index for index, column in enumerate(found) if column]
    assert len(found) == window.length_ms // BUCKET_MS
    assert known == list(range(known[0], known[0] + 16))
    first = found[known[0]]
    assert first is not None
    assert (first.low, first.high, first.line) == (89.0, 90.0, 89.0)


def test_a_week_refuses_what_its_days_refuse(depot: Depot, clock: Clock) -> None:
    unit_id = depot.unit("ben", None, clock())
    depot.anchor(unit_id, 0, clock() - HOUR_MS)
    log = depot.log(unit_id)
    for second, charge_pct in enumerate((50.0, 6553.5, 51.0, True)):
        log.say(second * SECOND_MS, soc_pct=charge_pct)
    log.store()
    depot.roll_up()
    window = Window(clock() - 2 * HOUR_MS, clock())
    quarters = history.quarters(depot.connection, unit_id, CHARGE, "battery", window)
    assert [column for column in quarters if column] == [Column(50.0, 51.0, 51.0)]
    day = [value for _, value in charge(depot, unit_id, window)]
    assert day == [50.0, None, 51.0, None]


def test_sources_with_a_past_are_found_by_quantity(depot: Depot, clock: Clock) -> None:
    unit_id = depot.unit("ben", None, clock())
    log = depot.log(unit_id)
    log.add(0, Telemetry("shunt", {"soc_pct": 50.0}))
    log.add(0, Telemetry("bms", {"pack_voltage_v": 50.0, "soc_pct": 51.0}))
    log.add(0, Telemetry("motor", {"current_a": -3.0}))
    log.store()
    depot.roll_up()
    assert history.rollup_sources(depot.connection, unit_id, CHARGE) == ["bms", "shunt"]
    assert history.rollup_sources(depot.connection, unit_id + 1, CHARGE) == []
