"""The evening before an outing, at the depot: told once, taken back on plug-in, and for whom."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.depot.pages.builder import MINUTE_MS, Depot, readiness, status
from triporteur_depot import evenings
from triporteur_wire.local_time import PARIS
from triporteur_wire.messages import Status
from triporteur_wire.plan import Plan
from triporteur_wire.quantities import Value
from triporteur_wire.readiness import Evening, Outing, Verdict, What, Why


def at(day: int, hour: int, minute: int = 0) -> int:
    return round(datetime(2026, 11, day, hour, minute, tzinfo=PARIS).timestamp() * 1000)


SIX, NINE = at(22, 18), at(23, 9)
TOMORROW = Outing(12.0, 80.0, 3.0, 20.0, "Lycée", NINE)


class Evenings:
    """A depot with one unit, `ben`; what is told of it now."""

    def __init__(self, path: Path) -> None:
        self.depot = Depot(path)

    def hears(self, said: Status, offline: str | None = None, heard_ms: int = SIX) -> None:
        self.depot.unit("ben", said, heard_ms, offline)

    def look(self, now_ms: int, listening_ms: int = 0) -> list[str]:
        evenings.look(self.depot.connection, now_ms, listening_ms)
        rows = self.depot.connection.execute(
            "SELECT evening FROM evenings WHERE cleared_utc_ms IS NULL"
        )
        return [word for (word,) in rows]

    def ever(self) -> int:
        (count,) = self.depot.connection.execute("SELECT count(*) FROM evenings").fetchone()
        return int(count)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Evenings]:
    made = Evenings(tmp_path / "depot.db")
    yield made
    made.depot.connection.close()


def off(*, plan: Plan | None = None, ready_in_min: float | None = 120.0, **values: Value) -> Status:
    """The last that a unit said before its key was turned."""
    judged = readiness(
        Verdict.NO_GO, Why.NOT_ENOUGH, What.CHARGE, outing=TOMORROW, ready_in_min=ready_in_min
    )
    plan = Plan(tomorrow=TOMORROW) if plan is None else plan
    return status({"battery": {"soc_pct": 40.0, **values}}, readiness=judged, plan=plan)


def on(evening: Evening | None) -> Status:
    judged = readiness(outing=TOMORROW, evening=evening)
    said = status({}, readiness=judged, period_s=60.0)
    return replace(said, utc_ms=SIX)


# A unit that is on judges for itself.


def test_what_the_unit_says_is_told_until_it_says_otherwise(told: Evenings) -> None:
    told.hears(on(Evening.NOT_CHARGING))
    assert told.look(SIX) == ["not_charging"]
    told.hears(on(Evening.NOT_READY_IN_TIME))
    assert told.look(SIX + MINUTE_MS) == ["not_ready_in_time"]
    told.hears(on(None))
    assert told.look(SIX + 2 * MINUTE_MS) == []


def test_one_warning_is_told_once_for_an_outing(told: Evenings) -> None:
    for minute, evening in enumerate([Evening.NOT_CHARGING, None, Evening.NOT_CHARGING]):
        told.hears(on(evening))
        told.look(SIX + minute * MINUTE_MS)
    assert told.look(SIX + 3 * MINUTE_MS) == []
    assert told.ever() == 1


def test_a_unit_that_falls_silent_takes_nothing_back_before_it_should_have_left(
    told: Evenings,
) -> None:
    told.hears(on(Evening.NOT_CHARGING))
    told.look(SIX)
    told.hears(on(Evening.NOT_CHARGING), "lost")
    assert told.look(at(23, 8)) == ["not_charging"]
    assert told.look(NINE + 1) == []


def test_a_unit_that_starts_again_without_a_clock_takes_nothing_back(told: Evenings) -> None:
    told.hears(on(Evening.NOT_CHARGING))
    told.look(SIX)
    told.hears(replace(on(None), utc_ms=None))
    assert told.look(SIX + MINUTE_MS) == ["not_charging"]
    told.hears(on(Evening.NOT_CHARGING))
    assert told.look(SIX + 2 * MINUTE_MS) == ["not_charging"]


def test_pages_are_renewed_by_it(told: Evenings) -> None:
    told.hears(on(Evening.NOT_CHARGING))
    before = told.depot.connection.execute("SELECT revision FROM units").fetchone()
    told.look(SIX)
    told.look(SIX + 1)
    (revision,) = told.depot.connection.execute("SELECT revision FROM units").fetchone()
    assert revision == before[0] + 1


# A unit that is off by its key cannot.


@pytest.mark.parametrize("reason", ["key", "stopped"])
def test_a_unit_that_is_off_and_not_on_its_charger_is_told_of_from_six(
    told: Evenings, reason: str
) -> None:
    told.hears(off(), reason)
    assert told.look(SIX - 1) == []
    assert told.look(SIX) == ["not_charging"]
    assert told.look(at(23, 8)) == ["not_charging"]
    assert told.look(NINE + 1) == []
    assert told.ever() == 1


def test_it_is_taken_back_when_the_unit_is_heard_to_charge(told: Evenings) -> None:
    told.hears(off(), "key")
    told.look(SIX)
    told.hears(on(None))
    assert told.look(SIX + MINUTE_MS) == []


def test_a_unit_left_on_its_charger_needs_nobody_unless_it_is_too_late(told: Evenings) -> None:
    told.hears(off(charger_plugged=True), "key")
    assert told.look(SIX) == []
    told.hears(off(ready_in_min=600.0, charger_plugged=True), "key")
    assert told.look(at(23, 1)) == []
    told.hears(off(ready_in_min=1000.0, charger_plugged=True), "key")
    assert told.look(SIX) == ["not_ready_in_time"]


def test_without_a_watched_plug_a_current_into_the_battery_is_one(told: Evenings) -> None:
    told.hears(off(current_a=4.0), "key")
    assert told.look(SIX) == []
    told.hears(off(current_a=-0.2), "key")
    assert told.look(SIX) == ["not_charging"]


def test_a_unit_that_has_enough_needs_no_charger(told: Evenings) -> None:
    told.hears(off(ready_in_min=0.0), "key")
    assert told.look(SIX) == []


def test_enough_for_what_is_left_of_today_is_not_enough_for_tomorrow(told: Evenings) -> None:
    today = Outing(0.0, 0.0, 0.0, 20.0, "Gare", at(22, 14))
    judged = readiness(outing=today, ready_in_min=0.0)
    plan = Plan(today=today, tomorrow=TOMORROW)
    told.hears(status({"battery": {"soc_pct": 40.0}}, readiness=judged, plan=plan), "key")
    assert told.look(SIX) == ["not_charging"]


def test_a_unit_without_an_outing_or_without_a_status_is_left_alone(told: Evenings) -> None:
    told.hears(off(plan=Plan()), "key")
    assert told.look(SIX) == []
    told.depot.connection.execute("UPDATE units SET status = ?", [b"{}"])
    assert told.look(SIX) == []


def test_a_unit_that_does_not_know_its_charge_is_told_of(told: Evenings) -> None:
    told.hears(off(ready_in_min=None), "key")
    assert told.look(SIX) == ["not_charging"]


# One whose goodbye was lost on the road looks like one that fell silent.


@pytest.mark.parametrize("reason", ["lost", None])
def test_a_silent_unit_that_was_not_charging_when_last_heard_is_told_of_from_six(
    told: Evenings, reason: str | None
) -> None:
    told.hears(off(), reason, at(22, 16))
    assert told.look(SIX - 1) == []
    assert told.look(SIX) == ["not_charging"]
    assert told.look(at(23, 8)) == ["not_charging"]
    assert told.look(NINE + 1) == []
    assert told.ever() == 1


def test_a_silent_unit_that_was_left_on_its_charger_is_not(told: Evenings) -> None:
    told.hears(off(charger_plugged=True), "lost", at(22, 16))
    assert told.look(SIX) == []


def test_a_silent_unit_is_taken_back_when_it_is_heard_to_charge(told: Evenings) -> None:
    told.hears(off(), "lost", at(22, 16))
    told.look(SIX)
    told.hears(on(None))
    assert told.look(SIX + MINUTE_MS) == []


def test_a_line_that_breaks_for_a_moment_tells_nothing(told: Evenings) -> None:
    told.hears(off(), "lost", SIX)
    assert told.look(SIX + 29_000) == []
    assert told.look(SIX + 31_000) == ["not_charging"]


def test_a_depot_that_did_not_listen_waits_for_what_units_say_now(told: Evenings) -> None:
    told.hears(off(), "lost", at(22, 16))
    assert told.look(SIX, listening_ms=SIX - 29_000) == []
    assert told.look(SIX, listening_ms=SIX - 31_000) == ["not_charging"]


def test_what_a_unit_said_before_it_fell_silent_is_not_told_twice(told: Evenings) -> None:
    told.hears(on(Evening.NOT_READY_IN_TIME))
    assert told.look(SIX) == ["not_ready_in_time"]
    told.hears(off(), "lost")
    assert told.look(at(22, 20)) == ["not_ready_in_time"]
    assert told.ever() == 1


def test_nothing_is_written_while_nothing_changes(told: Evenings) -> None:
    told.hears(off(), "key")
    told.look(SIX)
    before = told.depot.connection.total_changes
    told.look(SIX + 30_000)
    assert told.depot.connection.total_changes == before
