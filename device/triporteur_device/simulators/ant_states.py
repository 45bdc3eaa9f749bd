"""Why a simulated ANT board holds a switch open, in its own numbers."""

from collections.abc import Mapping

from triporteur_device.simulators import protections as p
from triporteur_device.simulators.state import TrikeState

_ON, _BY_HAND = 0x01, 0x0F
_CHARGE = {
    p.CELL_HIGH: 0x02,
    p.CHARGE_CURRENT: 0x03,
    p.PACK_HIGH: 0x05,
    p.CHARGE_HOT: 0x06,
    p.CHARGE_COLD: 0x11,
}
_DISCHARGE = {
    p.CELL_LOW: 0x02,
    p.DISCHARGE_CURRENT: 0x03,
    p.PACK_LOW: 0x05,
    p.DISCHARGE_HOT: 0x06,
    p.DISCHARGE_COLD: 0x11,
}


def charge(state: TrikeState) -> int:
    """The state of the switch for charging."""
    return _ON if state.charge_fet else _reason(state.alarms, _CHARGE)


def discharge(state: TrikeState) -> int:
    """The state of the switch for discharging."""
    return _ON if state.discharge_fet else _reason(state.alarms, _DISCHARGE)


def _reason(alarms: int, codes: Mapping[int, int]) -> int:
    return next((code for bit, code in codes.items() if alarms >> bit & 1), _BY_HAND)


def flow(state: TrikeState, noise_a: float) -> tuple[int, int]:
    """Current in 0.1 A and power in W as these boards sign them: positive out of the battery."""
    drawn_a = noise_a - state.current_a
    return round(drawn_a * 10), round(drawn_a * state.pack_voltage_v)
