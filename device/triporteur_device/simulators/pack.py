"""The battery itself: charge, sag, heat, its charger and its protections."""

import math

from triporteur_device.simulators.cells import draw_cells, rest_voltage_v
from triporteur_device.simulators.counters import Counters
from triporteur_device.simulators.parameters import TrikeParameters

CELL_OVERVOLTAGE, CELL_UNDERVOLTAGE, CHARGE_UNDERTEMPERATURE = 1 << 0, 1 << 1, 1 << 5
DISCHARGE_OVERCURRENT = 1 << 9
"""Bits of the JBD protection word."""

_FAST_SHARE = 0.6
_SLOW_S = 120.0
_COULOMBIC = 0.995
_HEAT_CAPACITY_J_K = 8000.0
_COOLING_S = 3 * 3600.0
_CHARGE_CELL_V = 4.18
_RESTART_BELOW_V = 0.5
_CUT_OFF_C = 0.02
_EMPTY_CELL_V, _REVIVED_CELL_V = 2.8, 3.2
_FULL_CELL_V, _RELIEVED_CELL_V = 4.25, 4.15
_COLD_C, _WARM_C = 0.0, 2.0
_TRIPS_A, _CALM_W = 45.0, 1500.0
"""A 30 A board lets a motor start: it opens above 45 A, until what is asked is reasonable."""


class Pack:
    """A battery that takes steps; volts at its terminals, current positive into it."""

    __slots__ = (
        "_cells",
        "_count",
        "_parameters",
        "_slow_v",
        "_topped",
        "alarms",
        "charge_ah",
        "counters",
        "current_a",
        "temperature_c",
        "weak_cell",
        "weak_v",
    )

    def __init__(self, parameters: TrikeParameters, seed: int, temperature_c: float) -> None:
        self._parameters = parameters
        self._cells = draw_cells(parameters.cells, seed)
        self._count = parameters.cells
        self._slow_v = self.current_a = self.weak_v = 0.0
        self._topped = False
        self.weak_cell = parameters.weak_cell
        self.alarms = 0
        self.charge_ah = parameters.start_soc * parameters.capacity_ah
        self.temperature_c = temperature_c
        self.counters = Counters(parameters, self._emf_v())

    @property
    def soc(self) -> float:
        """True charge, 1 is full; a charger may push a pack with a weak cell slightly above."""
        return self.charge_ah / self._parameters.capacity_ah

    @property
    def charge_fet(self) -> bool:
        return not self.alarms & (CELL_OVERVOLTAGE | CHARGE_UNDERTEMPERATURE)

    @property
    def discharge_fet(self) -> bool:
        return not self.alarms & (CELL_UNDERVOLTAGE | DISCHARGE_OVERCURRENT)

    def cells_v(self) -> tuple[float, ...]:
        """Volts of each cell under the present current."""
        drop_v = (self.current_a * _FAST_SHARE * self._ohm() + self._slow_v) / self._count
        missing = 1.0 - self.soc
        volts = [
            rest_voltage_v(1.0 - missing / cell.capacity + cell.offset) + drop_v * cell.resistance
            for cell in self._cells
        ]
        if self.weak_cell is not None:
            volts[self.weak_cell] -= self.weak_v
        return tuple(volts)

    def step(self, dt_s: float, load_w: float, plugged: bool, ambient_c: float) -> None:
        """Live `dt_s` seconds with this load; exact in time but for the drift of the emf."""
        ohm = self._ohm()
        fast_ohm = _FAST_SHARE * ohm
        emf_v = self._emf_v()
        self.current_a = current_a = self._settle(emf_v, fast_ohm, load_w, plugged)
        voltage_v = emf_v + current_a * fast_ohm
        moved_ah = current_a * dt_s / 3600.0
        self.charge_ah += moved_ah * _COULOMBIC if moved_ah > 0.0 else moved_ah
        slow_v = current_a * (ohm - fast_ohm)
        self._slow_v = slow_v + (self._slow_v - slow_v) * math.exp(-dt_s / _SLOW_S)
        self._warm(dt_s, current_a * current_a * ohm, ambient_c)
        self.counters.add(dt_s, current_a, voltage_v)
        self._protect(voltage_v, plugged)
        self._latch(DISCHARGE_OVERCURRENT, current_a < -_TRIPS_A, load_w <= _CALM_W)

    def _settle(self, emf_v: float, fast_ohm: float, load_w: float, plugged: bool) -> float:
        if not plugged or emf_v < self._count * _CHARGE_CELL_V - _RESTART_BELOW_V:
            self._topped = False
        if not self.discharge_fet:
            load_w = 0.0
        # Terminal volts V of an emf E behind R at constant power: V² - E·V + R·P = 0.
        root_v = math.sqrt(max(emf_v * emf_v - 4.0 * fast_ohm * load_w, 0.0))
        load_a = 2.0 * load_w / (emf_v + root_v)
        if not plugged or self._topped or not self.charge_fet:
            return -load_a
        return self._charge(emf_v, fast_ohm, load_a)

    def _charge(self, emf_v: float, fast_ohm: float, load_a: float) -> float:
        room_a = (self._count * _CHARGE_CELL_V - emf_v) / fast_ohm
        current_a = min(self._parameters.charger_a - load_a, room_a)
        if room_a < _CUT_OFF_C * self._parameters.nominal_ah:
            self._topped = True
            self.counters.full()
        return current_a

    def _emf_v(self) -> float:
        return self._count * rest_voltage_v(self.soc) + self._slow_v - self.weak_v

    def _ohm(self) -> float:
        cold_factor = min(max(1.0 + 0.02 * (25.0 - self.temperature_c), 0.8), 2.0)
        return self._parameters.resistance_ohm * cold_factor

    def _warm(self, dt_s: float, heat_w: float, ambient_c: float) -> None:
        settles_c = ambient_c + heat_w * _COOLING_S / _HEAT_CAPACITY_J_K
        distance_c = self.temperature_c - settles_c
        self.temperature_c = settles_c + distance_c * math.exp(-dt_s / _COOLING_S)

    def _protect(self, voltage_v: float, plugged: bool) -> None:
        healthy_v = (voltage_v + self.weak_v) / self._count
        lowest_v = healthy_v - self.weak_v
        self._latch(CELL_UNDERVOLTAGE, lowest_v < _EMPTY_CELL_V, lowest_v > _REVIVED_CELL_V)
        self._latch(CELL_OVERVOLTAGE, healthy_v > _FULL_CELL_V, healthy_v < _RELIEVED_CELL_V)
        cold = plugged and self.temperature_c < _COLD_C
        warm = not plugged or self.temperature_c > _WARM_C
        self._latch(CHARGE_UNDERTEMPERATURE, cold, warm)

    def _latch(self, bit: int, trips: bool, releases: bool) -> None:
        if trips:
            self.alarms |= bit
        elif releases:
            self.alarms &= ~bit
