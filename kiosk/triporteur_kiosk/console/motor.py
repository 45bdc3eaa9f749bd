"""What is known of the motor and its controller, for the page « Batterie »."""

from msgspec.structs import replace

from triporteur_kiosk.console.figures import Figure, given
from triporteur_wire.french import measure
from triporteur_wire.messages import Status
from triporteur_wire.quantities import at_a_battery

#: By quantity, its decimals on the page.
_SHOWN = {
    "speed_kmh": 0,
    "motor_temp_c": 0,
    "controller_temp_c": 0,
    "motor_current_a": 0,
    "input_voltage_v": 1,
}


def motor(status: Status) -> list[Figure]:
    """A figure for each thing that some source gives now; empty where nobody tells of a motor."""
    shown = [one for name, decimals in _SHOWN.items() for one in given(status, name, decimals)]
    return [*_power(status), *shown]


def of_batteries(status: Status) -> Status:
    """Only what is measured at a battery: a motor's current is not the battery's."""
    return _of(status, at_battery=True)


def _power(status: Status) -> list[Figure]:
    """What the motor takes, told or by its voltage and current; below zero it gives back."""
    rest = _of(status, at_battery=False)
    volts, amperes, watts = map(rest.number, ("input_voltage_v", "current_a", "power_w"))
    if watts is None and volts is not None and amperes is not None:
        watts = volts * amperes
    return [] if watts is None else [Figure("Puissance", measure(-watts, "W"))]


def _of(status: Status, *, at_battery: bool) -> Status:
    kept = {
        source: values
        for source, values in status.readings.items()
        if at_a_battery(values) is at_battery
    }
    return replace(status, readings=kept)
