"""What can be read off the trike at one instant, free of any sensor's noise."""

from dataclasses import dataclass

from triporteur_device.simulators.counters import ShuntHistory
from triporteur_device.simulators.motor import MotorState
from triporteur_device.simulators.parameters import DAY_S, Phase


@dataclass(frozen=True, slots=True)
class TrikeState:
    """The trike at `local_s` (local seconds since 1970-01-01); current positive into the battery.

    `soc` is the truth (0 to 1), `remaining_ah` what the BMS believes, `consumed_ah` what the
    shunt believes (0 at full, negative below), `mean_a` the current over about three minutes.
    `load_w` is what the trike draws, whoever provides it. `alarms` are JBD protection bits.
    """

    local_s: float
    phase: Phase
    pack_voltage_v: float
    current_a: float
    soc: float
    cells_v: tuple[float, ...]
    battery_temps_c: tuple[float, float]
    ambient_c: float
    remaining_ah: float
    nominal_ah: float
    cycles: int
    charge_fet: bool
    discharge_fet: bool
    alarms: int
    consumed_ah: float
    mean_a: float
    speed_kmh: float
    load_w: float
    shunt: ShuntHistory
    motor: MotorState

    @property
    def time_of_day_s(self) -> float:
        """Seconds since local midnight."""
        return self.local_s % DAY_S
