"""Rides, and the stays between them, told from a flow of samples.

A ride goes on through stops of less than ten minutes; what flows during its last stop is no
ride's. A stay lies between two rides: only then does the unit surely stand on site, at work.
"""

from dataclasses import dataclass

import msgspec

from triporteur_device.readiness.sample import Sample

#: A longer stop ends a ride.
STOP_S = 600.0
_MOVING_KMH = 1.5
#: A line that stutters spoils no ride; one that is lost for longer does.
_BLIND_S = 60.0
#: A wheel counter that was reset, or a board exchanged.
_JUMP_KM = 2.0
_LEAST_STAY_H = 1 / 3
_LONGEST_STAY_H = 10.0


@dataclass(frozen=True, slots=True)
class Ride:
    km: float
    wh: float
    #: at its end; None when not known
    temp_c: float | None
    #: false when the current was not seen all along
    watched: bool


@dataclass(frozen=True, slots=True)
class Stay:
    hours: float
    wh: float


@dataclass(frozen=True, slots=True)
class Step:
    """One sample's worth: `power_w` out of the battery, None when not seen."""

    seconds: float
    km: float
    power_w: float | None
    temp_c: float | None
    charges: bool


class Road(msgspec.Struct):
    """The rides of one outing, added up: wind and slopes against on the way out help on the way
    back, and the outing is what is foreseen. `warm` is the sum of km times °C, None once a
    temperature was missing."""

    km: float = 0.0
    wh: float = 0.0
    warm: float | None = 0.0
    stay_h: float = 0.0

    def add(self, ride: Ride) -> None:
        told = None in (self.warm, ride.temp_c)
        self.warm = None if told else (self.warm or 0.0) + (ride.temp_c or 0.0) * ride.km
        self.km += ride.km
        self.wh += ride.wh

    @property
    def temp_c(self) -> float | None:
        """On average over the way."""
        return None if self.warm is None or not self.km else self.warm / self.km


class Underway(msgspec.Struct):
    """A ride (`km` > 0) or the stay after one, as far as it went; `pause_*` may still be either;
    for `blind_s` of it the current was not seen."""

    km: float = 0.0
    wh: float = 0.0
    blind_s: float = 0.0
    pause_s: float = 0.0
    pause_wh: float = 0.0
    stay_h: float = 0.0
    stay_wh: float = 0.0
    stays: bool = False
    temp_c: float | None = None

    def take(self, step: Step) -> Ride | Stay | None:
        """The ride or the stay that this step ends, if it ends one."""
        wh = (step.power_w or 0.0) * step.seconds / 3600
        if step.power_w is None:
            self.blind_s += step.seconds
        if is_moving(step):
            self.temp_c = step.temp_c
            return self._move(step.km, wh)
        if step.charges:
            ended = self._end_ride()
            self.stays = False
            return ended
        return self._stand(step, wh)

    def interrupt(self) -> Ride | None:
        """The ride that a time unseen ends; of a stay, nobody knows what became."""
        ended = self._end_ride()
        self.stays = False
        self.stay_h = self.stay_wh = 0.0
        return ended

    def _move(self, km: float, wh: float) -> Stay | None:
        ended = self._end_stay() if self.stays else None
        self.km += km
        self.wh += wh + self.pause_wh
        self.pause_s = self.pause_wh = 0.0
        return ended

    def _stand(self, step: Step, wh: float) -> Ride | None:
        if self.stays:
            self.stay_h += step.seconds / 3600
            self.stay_wh += wh
        elif self.km:
            self.pause_s += step.seconds
            self.pause_wh += wh
            if self.pause_s >= STOP_S:
                return self._end_ride()
        return None

    def _end_ride(self) -> Ride | None:
        if not self.km:
            return None
        ride = Ride(self.km, self.wh, self.temp_c, self.blind_s <= _BLIND_S)
        self.stay_h, self.stay_wh = self.pause_s / 3600, self.pause_wh
        self.km = self.wh = self.pause_s = self.pause_wh = 0.0
        self.blind_s, self.stays = 0.0, True
        return ride

    def _end_stay(self) -> Stay | None:
        self.stays = False
        known = self.blind_s <= _BLIND_S and _LEAST_STAY_H <= self.stay_h <= _LONGEST_STAY_H
        stay = Stay(self.stay_h, self.stay_wh) if known else None
        self.stay_h = self.stay_wh = 0.0
        self.blind_s = 0.0
        return stay


def is_moving(step: Step) -> bool:
    return _is_pace(step.km, step.seconds)


def stood(before: Sample | None, seen: Sample, seconds: float) -> bool:
    """Whether neither its way nor its speed tells of any moving; `before` is None when not seen."""
    if (seen.speed_kmh or 0.0) >= _MOVING_KMH:
        return False
    return before is None or not _is_pace(km_between(before, seen, seconds), seconds)


def _is_pace(km: float, seconds: float) -> bool:
    return seconds > 0 and km / seconds * 3600 >= _MOVING_KMH


def km_between(before: Sample, seen: Sample, seconds: float) -> float:
    """The way of one step: by the count of one source where it tells both, else by the speed."""
    before_m, now_m = before.distance_m, seen.distance_m
    if before_m is None or now_m is None or before.distance_by != seen.distance_by:
        return (seen.speed_kmh or 0.0) * seconds / 3600
    km = (now_m - before_m) / 1000
    return km if 0 <= km <= _JUMP_KM else 0.0
