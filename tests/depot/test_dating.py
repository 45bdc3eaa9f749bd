"""Whatever the clocks aboard did, no record is shown at an instant at which it was not made."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depot.pages.builder import DAY_MS, HOUR_MS, MINUTE_MS, Depot, Log
from triporteur_depot.dating import boots
from triporteur_wire.dating import DRIFT_PPM, When

NOW_MS = 1_795_345_200_000
LOT = 4_711_000
#: By how much a unit's own clock may be wrong, and drift in a boot of days.
OWN_MS = 2 * MINUTE_MS


@contextmanager
def depot_at(folder: Path) -> Iterator[Depot]:
    made = Depot(folder / "depot.db")
    with closing(made.connection):
        yield made


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    with depot_at(tmp_path) as made:
        yield made


def boot(depot: Depot, unit_id: int, boot_no: int, *monos_ms: int) -> Log:
    log = depot.log(unit_id, boot_no)
    for mono_ms in monos_ms:
        log.say(mono_ms, soc_pct=50.0)
    log.store()
    return log


def when(depot: Depot, unit_id: int, boot_no: int, mono_ms: int) -> When:
    return boots(depot.connection, unit_id)[boot_no].at(mono_ms)


def seconds(found: When) -> tuple[int | None, ...]:
    """In seconds from now, for a reader: the drift of hours is seconds."""
    return tuple(None if ms is None else round((ms - NOW_MS) / 10_000) * 10 for ms in found)


def test_a_boot_that_never_learnt_the_time_lies_between_those_before_and_after(
    depot: Depot,
) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    boot(depot, ben, LOT + 1, 0, HOUR_MS)
    boot(depot, ben, LOT + 2, MINUTE_MS, 2 * MINUTE_MS)
    boot(depot, ben, LOT + 3, 0)
    depot.anchor(ben, 0, NOW_MS - 10 * HOUR_MS, boot_no=LOT + 1)
    depot.anchor(ben, 0, NOW_MS - HOUR_MS, boot_no=LOT + 3)
    assert seconds(when(depot, ben, LOT + 2, MINUTE_MS)) == (
        None,
        -9 * 3600 + 60,
        -3600 - 60,
    )


def test_a_boot_without_neighbours_was_before_its_records_came(depot: Depot) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    log = boot(depot, ben, LOT + 2, MINUTE_MS, 2 * MINUTE_MS)
    assert when(depot, ben, LOT + 2, 0) == When(None, None, None)
    depot.arrived(log, 2 * MINUTE_MS, NOW_MS)
    assert seconds(when(depot, ben, LOT + 2, MINUTE_MS)) == (None, None, -60)


def test_boots_of_another_card_say_nothing(depot: Depot) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    for boot_no in (LOT - 900_000, LOT + 1, LOT + 900_000):
        boot(depot, ben, boot_no, MINUTE_MS)
    depot.anchor(ben, 0, NOW_MS, boot_no=LOT - 900_000)
    depot.anchor(ben, 0, NOW_MS, boot_no=LOT + 900_000)
    assert when(depot, ben, LOT + 1, MINUTE_MS) == When(None, None, None)


def test_bounds_that_contradict_each_other_say_nothing(depot: Depot) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    boot(depot, ben, LOT + 1, DAY_MS)
    log = boot(depot, ben, LOT + 2, 0)
    depot.anchor(ben, 0, NOW_MS, boot_no=LOT + 1)
    depot.arrived(log, 0, NOW_MS)
    assert when(depot, ben, LOT + 2, 0) == When(None, None, None)


def test_an_instant_is_as_certain_as_its_anchor_and_the_time_between(depot: Depot) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    boot(depot, ben, LOT + 1, 0, DAY_MS)
    depot.anchor(ben, 0, NOW_MS, boot_no=LOT + 1, error_ms=500)
    drift_ms = DAY_MS * DRIFT_PPM // 1_000_000
    assert when(depot, ben, LOT + 1, DAY_MS) == When(
        NOW_MS + DAY_MS, NOW_MS + DAY_MS - 500 - drift_ms, NOW_MS + DAY_MS + 500 + drift_ms
    )


def test_what_ntp_or_the_depot_said_outweighs_the_units_own_clock(depot: Depot) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    boot(depot, ben, LOT + 1, 0)
    depot.anchor(ben, 0, 0, boot_no=LOT + 1, error_ms=1, origin="system")
    depot.anchor(ben, 5, NOW_MS + 5, boot_no=LOT + 1, error_ms=9_000, origin="depot")
    assert when(depot, ben, LOT + 1, 0).utc_ms == NOW_MS


@pytest.mark.parametrize(
    ("said_ms", "shown_ms"),
    [
        ([NOW_MS - HOUR_MS], NOW_MS - HOUR_MS),
        ([NOW_MS - HOUR_MS, NOW_MS - HOUR_MS + 100_000], NOW_MS - HOUR_MS),
        ([0], None),
        ([NOW_MS + HOUR_MS], None),
        ([NOW_MS - 9 * DAY_MS], None),
        ([NOW_MS - HOUR_MS, NOW_MS - 2 * HOUR_MS], None),
    ],
)
def test_a_units_own_clock_gives_an_instant_while_nothing_speaks_against_it(
    depot: Depot, said_ms: list[int], shown_ms: int | None
) -> None:
    ben = depot.unit("ben", None, NOW_MS)
    boot(depot, ben, LOT + 1, 0)
    depot.anchor(ben, 0, NOW_MS - DAY_MS, boot_no=LOT + 1)
    log = boot(depot, ben, LOT + 2, 0)
    depot.arrived(log, 0, NOW_MS)
    for number, utc_ms in enumerate(said_ms):
        depot.anchor(
            ben, number, utc_ms + number, boot_no=LOT + 2, error_ms=60_000, origin="system"
        )
    found = when(depot, ben, LOT + 2, 0)
    assert found.utc_ms == shown_ms
    assert seconds(found)[1:] == (-86_400, 0)


@dataclass
class Life:
    """One boot as it truly was, and what its clocks said."""

    start_ms: int
    drift_ppm: int
    monos_ms: list[int]
    #: mono, error, origin, and by how much the clock is wrong
    said: list[tuple[int, int, str, int]]
    delay_ms: int
    boot_no: int = field(default=0)

    def true_ms(self, mono_ms: int) -> int:
        return self.start_ms + mono_ms + mono_ms * self.drift_ppm // 1_000_000


minutes = st.integers(0, 3 * 24 * 60).map(lambda number: number * MINUTE_MS)
jumps = st.sampled_from([0, -HOUR_MS, 400 * DAY_MS, -NOW_MS]) | st.integers(-DAY_MS, DAY_MS)


@st.composite
def truthful(draw: st.DrawFn) -> tuple[int, int, str, int]:
    """What NTP or the depot says: wrong by less than it says."""
    error_ms = draw(st.integers(1, 20_000))
    wrong_ms = draw(st.integers(1 - error_ms, error_ms - 1))
    return draw(minutes), error_ms, draw(st.sampled_from(["ntp", "depot"])), wrong_ms


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    at_ms, made = NOW_MS - 400 * DAY_MS, []
    boot_no = LOT
    for _ in range(draw(st.integers(1, 6))):
        at_ms += draw(minutes)
        boot_no += draw(st.sampled_from([1, 1, 1, 3, 40_000]))
        monos_ms = sorted(draw(st.lists(minutes, min_size=1, max_size=4)))
        own = st.tuples(minutes, st.just(60_000), st.just("system"), jumps)
        said = draw(st.lists(own | truthful(), max_size=3))
        life = Life(
            at_ms,
            draw(st.integers(-DRIFT_PPM, DRIFT_PPM)),
            monos_ms,
            said,
            draw(minutes),
            boot_no,
        )
        made.append(life)
        at_ms = life.true_ms(max([*monos_ms, *(mono_ms for mono_ms, *_ in said)]))
    return made


@given(lives(), st.booleans())
def test_the_truth_lies_within_what_is_shown_whatever_the_clocks_did(
    tmp_path_factory: pytest.TempPathFactory, truth: list[Life], delivered: bool
) -> None:
    with depot_at(tmp_path_factory.mktemp("dating")) as depot:
        ben = depot.unit("ben", None, NOW_MS)
        for life in truth:
            log = boot(depot, ben, life.boot_no, *life.monos_ms)
            if delivered:
                last_ms = life.monos_ms[-1]
                depot.arrived(log, last_ms, life.true_ms(last_ms) + life.delay_ms)
            for number, (mono_ms, error_ms, origin, wrong_ms) in enumerate(life.said):
                at_ms = mono_ms + number  # one at an instant
                depot.anchor(
                    *(ben, at_ms, max(0, life.true_ms(at_ms) + wrong_ms)),
                    boot_no=life.boot_no,
                    error_ms=error_ms,
                    origin=origin,
                )
        found = boots(depot.connection, ben)
    for life in truth:
        is_certain = any(origin != "system" for _, _, origin, _ in life.said)
        for mono_ms in life.monos_ms:
            utc_ms, not_before_ms, not_after_ms = found[life.boot_no].at(mono_ms)
            true_ms = life.true_ms(mono_ms)
            assert not_before_ms is None or not_before_ms <= true_ms
            assert not_after_ms is None or true_ms <= not_after_ms
            if is_certain:
                assert utc_ms is not None
                assert not_before_ms is not None
                assert not_after_ms is not None
                assert not_before_ms <= utc_ms <= not_after_ms
            elif delivered:
                assert not_after_ms is not None
            if utc_ms is not None and not is_certain:
                assert not_before_ms is None or utc_ms >= not_before_ms - OWN_MS
                assert not_after_ms is None or utc_ms <= not_after_ms + OWN_MS
