"""What the current sensor leaves out, learnt from one full charge to the next.

A board reads 0 below 0.3-0.5 A (JBD; reports of xiaoxiang and batmon users): what the unit itself
draws then goes uncounted, on site more than parked. And a sensor's zero is off by up to 0.1 A.
From full to full, as much must have gone in as out: what is missing is shared among the three, by
how long each had its say and by how little each is known.
"""

from math import hypot

import msgspec

#: A charge loses half a percent on its way in (lithium cells, makers' sheets).
_EFFICIENCY = 0.995
#: Reads as nothing.
_ZERO_A = 0.02
#: A sensor's gain, and the charger's end that is never twice the same.
_GAIN = 0.01
_FULL_ERROR = 0.015
#: A shorter way from full to full tells nothing.
_ENOUGH_H = 3.0


class Leak(msgspec.Struct):
    """A current that is not read, give or take `sigma_a`; never known better than `least_a`, for
    it moves with the temperature and with what is plugged in."""

    a: float
    sigma_a: float
    least_a: float

    def learn(self, hours: float, gap_ah: float, spread_ah2: float) -> None:
        """Takes its share of a gap whose whole variance is `spread_ah2`."""
        pull = self.sigma_a**2 * hours
        self.a += pull / spread_ah2 * gap_ah
        left = max(0.0, 1 - pull * hours / spread_ah2)
        self.sigma_a = max(self.least_a, self.sigma_a * left**0.5)


class Unread(msgspec.Struct):
    """`offset` is read where nothing flows; `parked` and `site` flow where nothing is read."""

    offset: Leak
    parked: Leak
    site: Leak


class Tally(msgspec.Struct):
    """What was counted since some moment: in and out, and for how long each leak had its say."""

    net_ah: float = 0.0
    through_ah: float = 0.0
    read_h: float = 0.0
    parked_h: float = 0.0
    site_h: float = 0.0


class Flow(msgspec.Struct, frozen=True):
    """A current that flows, and whether it was read; if not, whether the unit was at work."""

    a: float
    read: bool
    at_work: bool

    def into(self, tally: Tally, hours: float) -> float:
        """Adds a stretch; returns the charge, in Ah, that it left in the battery."""
        moved_ah = self.a * hours
        kept_ah = moved_ah * _EFFICIENCY if moved_ah > 0 else moved_ah
        tally.net_ah += kept_ah
        tally.through_ah += abs(moved_ah)
        if self.read:
            tally.read_h += hours
        elif self.at_work:
            tally.site_h += hours
        else:
            tally.parked_h += hours
        return kept_ah


def unread(parked_a: float, site_a: float) -> Unread:
    """What is supposed of a unit until it is learnt."""
    return Unread(Leak(0.0, 0.1, 0.02), Leak(parked_a, 0.1, 0.03), Leak(site_a, 0.2, 0.05))


def flow(leaks: Unread, told_a: float, *, has_dead_band: bool, at_work: bool) -> Flow:
    """What flows, for a current that the sensor tells."""
    if not has_dead_band or abs(told_a) >= _ZERO_A:
        return Flow(told_a - leaks.offset.a, read=True, at_work=at_work)
    leak = leaks.site if at_work else leaks.parked
    return Flow(-max(leak.a, 0.0), read=False, at_work=at_work)


def sigma_ah(leaks: Unread, tally: Tally) -> float:
    """One standard deviation of what was counted."""
    return hypot(
        tally.read_h * leaks.offset.sigma_a,
        tally.parked_h * leaks.parked.sigma_a,
        tally.site_h * leaks.site.sigma_a,
        _GAIN * tally.through_ah,
    )


def learn(leaks: Unread, tally: Tally, capacity_ah: float) -> None:
    """From one full charge to the next: nothing should be left over."""
    said = (
        (leaks.offset, tally.read_h),
        (leaks.parked, tally.parked_h),
        (leaks.site, tally.site_h),
    )
    if sum(hours for _, hours in said) < _ENOUGH_H:
        return
    spread = hypot(sigma_ah(leaks, tally), _FULL_ERROR * capacity_ah) ** 2
    for leak, hours in said:
        leak.learn(hours, tally.net_ah, spread)
