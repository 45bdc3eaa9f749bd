"""The phases of a day: charging, riding, on site, at rest, told from the battery's current.

Each minute has the activity of its mean current. A ride stops at lights, a charger pauses: what
is shorter than MINIMUM_MIN joins the longer of its neighbours, shortest first. What stands alone
between two silences stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triporteur_depot.pages.activity import Activity, activity
from triporteur_depot.pages.curves import Trace, columns
from triporteur_depot.pages.days import Window

_MINUTE_MS = 60_000
#: Shortest phase worth a name, in minutes: a ride between two places, a charge or stay that
#: someone meant.
MINIMUM_MIN = {
    Activity.CHARGING: 5,
    Activity.RIDING: 3,
    Activity.ON_SITE: 8,
    Activity.RESTING: 8,
}


@dataclass(frozen=True, slots=True)
class Phase:
    """The unit did this from `start_ms` to `end_ms` (UTC)."""

    activity: Activity
    start_ms: int
    end_ms: int

    @property
    def minutes(self) -> float:
        return (self.end_ms - self.start_ms) / _MINUTE_MS


def phases(current: Trace, voltage: Trace | None, window: Window, until_ms: int) -> list[Phase]:
    """The phases of a window, ascending. Silences lie between them."""
    last_ms = min(window.end_ms, until_ms)
    minutes = []
    for number, column in enumerate(columns(current, window, _MINUTE_MS, until_ms)):
        if column is None:
            continue
        start = window.start_ms + number * _MINUTE_MS
        doing = activity(column.line, voltage.at(start) if voltage else None)
        minutes.append(Phase(doing, start, min(start + _MINUTE_MS, last_ms)))
    return settled(_joined(minutes))


def settled(found: Sequence[Phase]) -> list[Phase]:
    """The phases once the too short ones have joined their neighbours, the shortest first."""
    kept = list(found)
    for limit_min in range(1, max(MINIMUM_MIN.values()) + 1):
        kept = _without_shorter(kept, limit_min)
    return kept


def _without_shorter(found: Sequence[Phase], limit_min: int) -> list[Phase]:
    """Gives phases of up to `limit_min`, if too short, to the longer neighbour."""
    coming = list(found)
    kept: list[Phase] = []
    for index, phase in enumerate(coming):
        before = kept[-1] if kept and kept[-1].end_ms == phase.start_ms else None
        after = _follower(coming, index)
        is_short = phase.minutes <= limit_min and phase.minutes < MINIMUM_MIN[phase.activity]
        joins = is_short and (after is None or (before and before.minutes >= after.minutes))
        if before and (joins or before.activity == phase.activity):
            kept[-1] = replace(before, end_ms=phase.end_ms)
        elif is_short and after:
            coming[index + 1] = replace(after, start_ms=phase.start_ms)
        else:
            kept.append(phase)
    return kept


def _follower(found: Sequence[Phase], index: int) -> Phase | None:
    """The phase that begins where this one ends."""
    after = found[index + 1] if index + 1 < len(found) else None
    return after if after and after.start_ms == found[index].end_ms else None


def _joined(found: Sequence[Phase]) -> list[Phase]:
    joined: list[Phase] = []
    for phase in found:
        before = joined[-1] if joined else None
        if before and phase.activity == before.activity and phase.start_ms == before.end_ms:
            joined[-1] = replace(before, end_ms=phase.end_ms)
        else:
            joined.append(phase)
    return joined
