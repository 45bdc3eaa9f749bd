"""What a Daly board measures of the trike, as whole numbers, before any protocol."""

import random
from dataclasses import dataclass

from triporteur_device.simulators import protections as p
from triporteur_device.simulators.counters import BMS_DEAD_BAND_A
from triporteur_device.simulators.parameters import Phase
from triporteur_device.simulators.state import TrikeState

_COLD = 40
_STEADY_MV = 0.5
#: Bits of level 2: the board has acted.
_FAILURES = {
    p.CELL_HIGH: 1,
    p.CELL_LOW: 3,
    p.PACK_HIGH: 5,
    p.PACK_LOW: 7,
    p.CHARGE_HOT: 9,
    p.CHARGE_COLD: 11,
    p.DISCHARGE_HOT: 13,
    p.DISCHARGE_COLD: 15,
    p.CHARGE_CURRENT: 17,
    p.DISCHARGE_CURRENT: 19,
}


@dataclass(frozen=True, slots=True)
class Senses:
    """Tenths of volts, amperes and per cent; millivolts; degrees above -40 °C.

    `charge_da` is positive while charging. `flow` is 0 at rest, 1 while charging, 2 while
    discharging.
    """

    voltage_dv: int
    charge_da: int
    soc_dpct: int
    cells_mv: tuple[int, ...]
    temps: tuple[int, ...]
    switches_temp: int
    charger: bool
    failures: int

    @property
    def flow(self) -> int:
        return (self.charge_da > 0) + 2 * (self.charge_da < 0)


def sense(state: TrikeState, rng: random.Random) -> Senses:
    """What the board measures now, with the noise of its sensors."""
    current_a = state.current_a if abs(state.current_a) >= BMS_DEAD_BAND_A else 0.0
    temps = tuple(_COLD + round(temp_c) for temp_c in state.battery_temps_c)
    return Senses(
        voltage_dv=round(state.pack_voltage_v * 10),
        charge_da=round(current_a * 10),
        soc_dpct=round(1000 * state.remaining_ah / state.nominal_ah),
        cells_mv=tuple(round(1000 * v + rng.gauss(0.0, _STEADY_MV)) for v in state.cells_v),
        temps=temps,
        switches_temp=max(temps) + 2,
        charger=state.phase is Phase.CHARGING,
        failures=p.moved(state.alarms, _FAILURES),
    )
