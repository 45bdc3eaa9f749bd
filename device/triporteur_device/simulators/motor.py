"""The motor that drives the trike: what it draws, how fast it turns, how warm it gets."""

import math
from dataclasses import dataclass

from triporteur_device.simulators.wheel import WHEEL_M

#: A hub without gears: pole pairs, and so electrical turns in one turn of the wheel.
ERPM_PER_TURN = 23.0
_NO_LOAD_KMH_PER_V = 0.62
_LEAST_DUTY = 0.05
_MOST_PHASE_A = 60.0
#: What of the power becomes heat, where, how much that warms (K/W), and how slowly (s).
_CONTROLLER_LOSS, _CONTROLLER_K_W, _CONTROLLER_S = 0.06, 0.5, 500.0
_MOTOR_LOSS, _MOTOR_K_W, _MOTOR_S = 0.18, 0.35, 1500.0


@dataclass(frozen=True, slots=True)
class MotorState:
    """What a controller knows of its motor; currents are positive while it drives.

    The counters count from when the controller was first switched on.
    """

    speed_kmh: float
    input_a: float
    phase_a: float
    duty: float
    controller_c: float
    motor_c: float
    distance_m: float
    drawn_ah: float
    drawn_wh: float

    @property
    def turns_per_min(self) -> float:
        """Of the wheel, and of the motor in its hub."""
        return self.speed_kmh * 1000.0 / 60.0 / WHEEL_M

    @property
    def erpm(self) -> float:
        """Electrical turns a minute."""
        return self.turns_per_min * ERPM_PER_TURN


class Motor:
    """A motor that takes steps; it never brakes into the battery."""

    __slots__ = ("_ah", "_controller_c", "_distance_m", "_motor_c", "_wh")

    def __init__(self, ambient_c: float) -> None:
        self._controller_c = self._motor_c = ambient_c
        self._distance_m = self._ah = self._wh = 0.0

    def step(
        self, dt_s: float, power_w: float, input_a: float, speed_kmh: float, ambient_c: float
    ) -> None:
        """Live `dt_s` seconds at this power and speed."""
        self._distance_m += speed_kmh / 3.6 * dt_s
        self._wh += power_w * dt_s / 3600.0
        self._ah += input_a * dt_s / 3600.0
        controller_c = ambient_c + power_w * _CONTROLLER_LOSS * _CONTROLLER_K_W
        self._controller_c = _nearer(self._controller_c, controller_c, dt_s / _CONTROLLER_S)
        motor_c = ambient_c + power_w * _MOTOR_LOSS * _MOTOR_K_W
        self._motor_c = _nearer(self._motor_c, motor_c, dt_s / _MOTOR_S)

    def state(self, power_w: float, speed_kmh: float, volts: float) -> MotorState:
        """The motor at this power and speed."""
        duty = min(speed_kmh / (_NO_LOAD_KMH_PER_V * volts), 0.95)
        phase_a = min(power_w / (max(duty, _LEAST_DUTY) * volts), _MOST_PHASE_A)
        return MotorState(
            speed_kmh=speed_kmh,
            input_a=power_w / volts,
            phase_a=phase_a,
            duty=duty,
            controller_c=self._controller_c,
            motor_c=self._motor_c,
            distance_m=self._distance_m,
            drawn_ah=self._ah,
            drawn_wh=self._wh,
        )


def _nearer(from_c: float, to_c: float, times: float) -> float:
    return to_c + (from_c - to_c) * math.exp(-times)
