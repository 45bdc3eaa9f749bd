"""What the battery gave against what the motor says that it took, over the same stretch of road.

Only time in which the motor works counts, on both sides: what the unit itself draws, parked or
not, is no motor's. The motor's own count is believed where it keeps one (VESC), else its voltage
times its current; the battery's side is voltage times current, a solar panel's power added. A
stretch ends when either side falls silent, or after STRETCH_WH: a good week must not hide today.
"""

from dataclasses import dataclass

from triporteur_device.checks.readings import (
    Readings,
    Values,
    is_controller,
    number,
    percent_more,
)

#: Less says nothing: sampled once a second, a jerky load is off by a few per cent of it.
ENOUGH_WH = 20.0
STRETCH_WH = 100.0
#: Below, a motor idles, and the 10 to 20 W of a Pi and its router would count for too much.
WORKING_W = 50.0
#: An older value, or a longer step, is of another moment: it is left out on both sides.
LONGEST_STEP_S = 3.0
_MS_PER_H = 3_600_000.0


@dataclass(frozen=True, slots=True)
class _Moment:
    """Both sides at one instant. `counts_wh` (taken, given back): None where the motor has none."""

    mono_ms: int
    given_w: float
    used_w: float
    counts_wh: tuple[float, float] | None


@dataclass(slots=True)
class _Stretch:
    """What went through so far, as the battery says and as the motor says."""

    given_wh: float = 0.0
    used_wh: float = 0.0

    @property
    def wh(self) -> float:
        return max(self.given_wh, self.used_wh)

    def add(self, before: _Moment, now: _Moment) -> None:
        hours = (now.mono_ms - before.mono_ms) / _MS_PER_H
        self.given_wh += (before.given_w + now.given_w) / 2 * hours
        if before.counts_wh and now.counts_wh:
            self.used_wh += now.counts_wh[0] - before.counts_wh[0]
            self.used_wh -= now.counts_wh[1] - before.counts_wh[1]
        else:
            self.used_wh += (before.used_w + now.used_w) / 2 * hours


class EnergyGap:
    """Adds up both sides, second by second."""

    def __init__(self) -> None:
        self._before: _Moment | None = None
        self._stretch = _Stretch()
        self._told: float | None = None

    def look(self, readings: Readings, now_ms: int) -> float | None:
        """The gap of the stretch, in %; positive when the motor says that it took more.

        None while either side is not heard, and until ENOUGH_WH went through. What a stretch came
        to is told until the next one has as much.
        """
        battery, motor = _battery(readings), _motor(readings)
        if battery is None or motor is None:
            self._before, self._stretch, self._told = None, _Stretch(), None
            return None
        self._step(_moment(battery, motor, _panel_w(readings), now_ms))
        if self._stretch.wh >= ENOUGH_WH:
            self._told = percent_more(self._stretch.used_wh, self._stretch.given_wh)
        if self._stretch.wh >= STRETCH_WH:
            self._stretch = _Stretch()
        return self._told

    def _step(self, now: _Moment | None) -> None:
        before, self._before = self._before, now
        if before and now and _is_one_step(before, now):
            self._stretch.add(before, now)


def _is_one_step(before: _Moment, now: _Moment) -> bool:
    """Whether the motor worked from one moment to the next, and neither side began anew."""
    if now.mono_ms - before.mono_ms > LONGEST_STEP_S * 1000:
        return False
    if any(b > a for b, a in zip(before.counts_wh or (), now.counts_wh or (), strict=False)):
        return False
    return abs(before.used_w) >= WORKING_W and abs(now.used_w) >= WORKING_W


def _battery(readings: Readings) -> Values | None:
    """The first source that watches the whole battery: a charger knows no charge."""
    wanted = {"pack_voltage_v", "current_a", "soc_pct"}
    watching = (v for v in readings.values() if wanted <= v.keys() and not is_controller(v))
    return next(watching, None)


def _motor(readings: Readings) -> Values | None:
    driving = (v for v in readings.values() if is_controller(v) and "current_a" in v)
    return next(driving, None)


def _panel_w(readings: Readings) -> float:
    return sum(number(values, "panel_power_w") or 0.0 for values in readings.values())


def _moment(battery: Values, motor: Values, panel_w: float, now_ms: int) -> _Moment | None:
    """None when either side's values are not of this moment."""
    read = battery["pack_voltage_v"], battery["current_a"], motor["input_voltage_v"]
    if max(reading.age_s for reading in (*read, motor["current_a"])) > LONGEST_STEP_S:
        return None
    return _Moment(
        now_ms,
        panel_w - _power_w(battery, "pack_voltage_v"),
        -_power_w(motor, "input_voltage_v"),
        _counts_wh(motor),
    )


def _power_w(values: Values, voltage: str) -> float:
    """Into the battery."""
    return (number(values, voltage) or 0.0) * (number(values, "current_a") or 0.0)


def _counts_wh(motor: Values) -> tuple[float, float] | None:
    used_wh = number(motor, "energy_out_wh")
    return None if used_wh is None else (used_wh, number(motor, "energy_in_wh") or 0.0)
