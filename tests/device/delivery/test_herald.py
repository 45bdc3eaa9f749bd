from collections.abc import Iterable

import msgspec

from triporteur_device.delivery.herald import Herald
from triporteur_device.pace import FRUGAL_PERIOD_S
from triporteur_wire.messages import Delivery, Reading, Status

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
