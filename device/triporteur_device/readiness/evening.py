"""The evening before an outing: one warning, in time to plug in."""

from datetime import tzinfo

import msgspec

from triporteur_wire.local_time import is_evening_before
from triporteur_wire.readiness import Evening, Outing


class EveningState(msgspec.Struct):
    """`told` is what was said for the outing that leaves at `outing_utc_ms`."""

    outing_utc_ms: int | None = None
    told: tuple[Evening, ...] = ()
    now: Evening | None = None

    def look(
        self,
        utc_ms: int,
        zone: tzinfo,
        outing: Outing | None,
        *,
        charges: bool | None,
        ready_in_min: float | None,
    ) -> Evening | None:
        """What is to be said now. Each warning once for an outing; plugging in takes it back.

        `ready_in_min` is None when no charge brings it: more warning would not help then.
        """
        departs = None if outing is None else outing.departs_utc_ms
        if departs != self.outing_utc_ms:
            self.outing_utc_ms, self.told, self.now = departs, (), None
        if departs is None or not is_evening_before(utc_ms, departs, zone):
            self.now = None
            return None
        found = _found(utc_ms, departs, charges, ready_in_min)
        if self.now is not None and (charges or found is None) and found is not self.now:
            self.now = None
        if found is not None and found not in self.told:
            self.told, self.now = (*self.told, found), found
        return self.now


def _found(
    utc_ms: int, departs_utc_ms: int, charges: bool | None, ready_in_min: float | None
) -> Evening | None:
    if ready_in_min == 0:
        return None
    if not charges:
        return Evening.NOT_CHARGING
    left_min = (departs_utc_ms - utc_ms) / 60_000
    late = ready_in_min is not None and ready_in_min > left_min
    return Evening.NOT_READY_IN_TIME if late else None
