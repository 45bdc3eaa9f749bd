"""What the last status of a unit, which is not heard any more, says of the evening before."""

from collections.abc import Iterator
from typing import NamedTuple

from triporteur_wire.battery import Flow, flow
from triporteur_wire.local_time import is_evening_before
from triporteur_wire.messages import Status
from triporteur_wire.readiness import Evening, Outing

_MINUTE_MS = 60_000


class Warned(NamedTuple):
    """What is to be told, for the outing that leaves then (UTC)."""

    departs_utc_ms: int
    evening: Evening


def by_last_word(status: Status, heard_utc_ms: int, now_ms: int) -> Warned | None:
    """What is to be told now of a unit that said this then.

    Who was not left on the charger may still be without; who was has been charging since.
    """
    departs = next(_ahead(status, now_ms), None)
    if departs is None or not is_evening_before(now_ms, departs):
        return None
    ready_in_min = _ready_in_min(status, departs)
    if ready_in_min == 0:
        return None
    if not _charged(status):
        return Warned(departs, Evening.NOT_CHARGING)
    if ready_in_min is not None and heard_utc_ms + ready_in_min * _MINUTE_MS > departs:
        return Warned(departs, Evening.NOT_READY_IN_TIME)
    return None


def _ready_in_min(status: Status, departs_utc_ms: int) -> float | None:
    """None where the unit judged another outing: turned off after today's, all of that was done."""
    judged = status.readiness
    if judged is None or judged.outing.departs_utc_ms != departs_utc_ms:
        return None
    return judged.ready_in_min


def _ahead(status: Status, now_ms: int) -> Iterator[int]:
    planned: list[Outing | None] = [status.plan.today, status.plan.tomorrow] if status.plan else []
    for outing in planned:
        if outing and outing.departs_utc_ms is not None and outing.departs_utc_ms > now_ms:
            yield outing.departs_utc_ms


def _charged(status: Status) -> bool:
    plugged, current_a = status.reading("charger_plugged"), status.number("current_a")
    if plugged is not None:
        return plugged.value is True
    return current_a is not None and flow(current_a) is Flow.CHARGING
