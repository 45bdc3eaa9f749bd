from collections.abc import Iterable

import msgspec

from triporteur_device.delivery.herald import Herald, words
from triporteur_device.pace import FRUGAL_PERIOD_S
from triporteur_wire.messages import (
    KEY,
    STOPPED,
    Delivery,
    Offline,
    Reading,
    Status,
    decode_status,
)
from triporteur_wire.plan import Plan, UsualPlace
from triporteur_wire.readiness import Outing
from triporteur_wire.releases import Told

QUIET = Status("ben", "", "1", 1, 0, None, 15, {"battery": {}}, {}, Delivery(True, 0, None, 0, {}))


def at(second: float, current_a: float | None, period_s: float) -> Status:
    values = {} if current_a is None else {"current_a": Reading(current_a, 0)}
    return msgspec.structs.replace(
        QUIET, mono_ms=round(second * 1000), readings={"battery": values}, period_s=period_s
    )


def spoken(currents_a: Iterable[float | None], period_s: float = 15) -> list[int]:
    """Shows a herald one status a second; the seconds at which it spoke."""
    herald = Herald()
    seconds = []
    for second, current_a in enumerate(currents_a):
        status = at(second, current_a, period_s)
        if herald.is_due(status):
            herald.said(status)
            seconds.append(second)
    return seconds


def test_an_unchanging_unit_speaks_at_its_period() -> None:
    assert spoken([4.0] * 46) == [0, 15, 30, 45]


def test_a_battery_that_begins_to_charge_is_told_at_once() -> None:
    assert spoken([0.0] * 8 + [4.0] * 10) == [0, 8]


def test_a_source_that_falls_silent_is_told_at_once() -> None:
    assert spoken([*[0.0] * 8, *[None] * 10]) == [0, 8]


def test_a_current_that_crosses_zero_all_the_time_costs_one_message_in_five_seconds() -> None:
    assert spoken([-4.0, 0.0, 4.0] * 7) == [0, 5, 10, 15, 20]


def test_beyond_the_months_budget_nothing_is_told_before_its_time() -> None:
    ride = [-4.0, 0.0, 4.0] * 400
    assert spoken(ride, FRUGAL_PERIOD_S) == [0, 300, 600, 900]


def test_a_key_that_is_turned_is_told_at_once() -> None:
    herald = Herald()
    herald.said(keyed(0, on=True))
    assert not herald.is_due(keyed(8, on=True))
    assert herald.is_due(keyed(8, on=False))


def keyed(second: float, *, on: bool) -> Status:
    readings = {"gpio": {"key_on": Reading(on, 0)}}
    return msgspec.structs.replace(QUIET, mono_ms=round(second * 1000), readings=readings)


def test_an_outing_that_is_entered_is_told_at_once() -> None:
    herald = Herald()
    herald.said(at(0, 0.0, 60))
    assert not herald.is_due(at(8, 0.0, 60))
    plan = Plan(today=Outing(6.0, 0.0, 3.0, 20.0))
    assert herald.is_due(msgspec.structs.replace(at(8, 0.0, 60), plan=plan))


def test_what_becomes_of_a_release_is_told_at_once_and_how_far_it_is_in_its_own_time() -> None:
    herald = Herald()
    said = []
    outcomes = ["arriving"] * 12 + ["waiting"] * 12
    for second, outcome in enumerate(outcomes):
        told = Told("1.5", outcome, 1, "", there_bytes=second, total_bytes=99)
        status = msgspec.structs.replace(at(second, 4.0, 60), release=told)
        if herald.is_due(status):
            herald.said(status)
            said.append(second)
    assert said == [0, 12]


def test_the_depot_is_not_told_the_usual_places_over_and_over() -> None:
    places = (UsualPlace("Marché", 6.0),)
    today = Outing(6.0, 0.0, 3.0, 20.0)
    said = decode_status(words(msgspec.structs.replace(QUIET, plan=Plan(today, None, places)), {}))
    assert isinstance(said, Status)
    assert said.plan == Plan(today)


def test_a_unit_off_by_key_leaves_with_its_key_and_comes_back_with_it() -> None:
    herald = Herald(off_by_key=True)
    assert decode_status(herald.farewell()) == Offline(STOPPED)
    herald.look(keyed(0, on=False))
    assert herald.has_left
    assert decode_status(herald.farewell()) == Offline(KEY)
    herald.look(keyed(1, on=True))
    assert not herald.has_left


def test_a_key_that_nobody_watches_or_that_cuts_nothing_sends_no_one_away() -> None:
    cuts_nothing, unwatched = Herald(), Herald(off_by_key=True)
    cuts_nothing.look(keyed(0, on=False))
    unwatched.look(QUIET)
    assert not cuts_nothing.has_left
    assert not unwatched.has_left
