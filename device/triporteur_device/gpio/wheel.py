"""How far and how fast, from the pulses of a magnet or a hall sensor at a wheel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from triporteur_wire.quantities import QUANTITIES, Value

#: Beyond, the wheel stands: a wheel of 2 m with one magnet then turns at less than 2.4 km/h.
_STANDSTILL_MS = 3_000
#: Pulses closer than those of twice any plausible speed are a contact that bounces.
_FASTEST_M_MS = 2 * QUANTITIES["speed_kmh"].high / 3600


@dataclass(frozen=True, slots=True)
class _Turning:
    """Pulses until now, when the last one came, and the pulse since which the wheel turns."""

    pulses: int
    last_ms: int
    first_pulse: int
    first_ms: int


class Wheel:
    """Counts pulses from one thread, tells them to another. The distance begins with the agent.

    So `distance_m` grows until the agent starts again, and then begins at 0.
    """

    def __init__(self, circumference_m: float, pulses_per_turn: int) -> None:
        self._step_m = circumference_m / pulses_per_turn
        self._turning: _Turning | None = None
        self._told: _Turning | None = None
        self._speed_kmh: float | None = 0.0

    def pulse(self, now_ms: int) -> None:
        """The contact closed."""
        before = self._turning
        if before is None or now_ms - before.last_ms > _STANDSTILL_MS:
            pulse = 1 if before is None else before.pulses + 1
            self._turning = _Turning(pulse, now_ms, pulse, now_ms)
        elif (now_ms - before.last_ms) * _FASTEST_M_MS >= self._step_m:
            self._turning = replace(before, pulses=before.pulses + 1, last_ms=now_ms)

    def read(self, now_ms: int) -> Mapping[str, Value]:
        """Distance and speed; no speed while one pulse alone says that the wheel turns again."""
        turning = self._turning
        if turning is None:
            return {"distance_m": 0.0, "speed_kmh": 0.0}
        self._speed_kmh = self._speed(turning, now_ms)
        self._told = turning
        values: dict[str, Value] = {"distance_m": turning.pulses * self._step_m}
        return values if self._speed_kmh is None else values | {"speed_kmh": self._speed_kmh}

    def _speed(self, turning: _Turning, now_ms: int) -> float | None:
        since_ms = now_ms - turning.last_ms
        if since_ms > _STANDSTILL_MS:
            return 0.0
        told = self._told
        if told is not None and told.pulses == turning.pulses:
            # It turns no faster than if the next pulse came now.
            return _slower(self._speed_kmh, _kmh(self._step_m, since_ms))
        pulse, at_ms = turning.first_pulse, turning.first_ms
        if told is not None and told.pulses > pulse:
            pulse, at_ms = told.pulses, told.last_ms
        if pulse == turning.pulses:
            return None
        return _kmh((turning.pulses - pulse) * self._step_m, turning.last_ms - at_ms)


def _slower(before_kmh: float | None, at_most_kmh: float) -> float | None:
    return None if before_kmh is None else min(before_kmh, at_most_kmh)


def _kmh(distance_m: float, time_ms: int) -> float:
    return distance_m / max(1, time_ms) * 3600
