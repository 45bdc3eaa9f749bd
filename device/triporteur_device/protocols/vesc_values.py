"""What the answers of a VESC controller say.

Sources: as `vesc`; the layouts are in `vesc_layouts`.

- Currents: phases of the motor, and from the battery (negative while braking feeds it). The
  counters of charge, energy and steps begin anew at power-up.
- A temperature sensor that is not there reads -80 °C or colder. One that the controller's setup
  switches off reads 0.0 °C, which a sensor may truly say on a cold morning: it is believed.
- tacho: steps, six to one electrical turn; tacho_abs adds them up whatever the direction.
- The battery level of SETUP is a guess from voltage alone, and kept for people who look at frames.
  Its speed and distances rest on the wheel and gears set in the controller.
"""

from collections.abc import Mapping

from triporteur_device.protocols.base import BadPayload, Fitting, Frame, Reading
from triporteur_device.protocols.vesc_layouts import FIRMWARE_2, SETUP, VALUES, chosen, read
from triporteur_wire.quantities import Value

GET_VALUES, GET_SETUP, GET_SELECTIVE, GET_SETUP_SELECTIVE = 0x04, 0x2F, 0x32, 0x33

#: Above 10 the numbers changed their meaning from one firmware to the next.
FAULTS = (
    "NONE",
    "OVER_VOLTAGE",
    "UNDER_VOLTAGE",
    "DRV",
    "ABS_OVER_CURRENT",
    "OVER_TEMP_FET",
    "OVER_TEMP_MOTOR",
    "GATE_DRIVER_OVER_VOLTAGE",
    "GATE_DRIVER_UNDER_VOLTAGE",
    "MCU_UNDER_VOLTAGE",
    "BOOTING_FROM_WATCHDOG_RESET",
)

_FIRMWARE_2_BYTES = 56
_ABSENT_C = -80.0
_STEPS_PER_ELECTRICAL_TURN = 6


#: Each field that is a quantity as it stands.
_QUANTITIES = {
    "motor_current_a": "motor_current_a",
    "duty": "duty_ratio",
    "erpm": "erpm",
    "v_in": "input_voltage_v",
    "wh": "energy_out_wh",
    "wh_charged": "energy_in_wh",
    "tacho_abs": "tacho_counts",
}

_NOBODY_SAID = Fitting()


def interpret(frame: Frame, fitting: Fitting = _NOBODY_SAID) -> Reading:
    """The reading of an answer; of a question, or a command not known here, its payload only.

    Speed and distance come from the motor's turns where `fitting` knows the wheel.

    Raises:
        BadPayload: The answer ends before the input voltage, or is all zeros.
    """
    command, body = frame.payload[0], frame.payload[1:]
    head: dict[str, Value] = {"command": command}
    if command in (GET_VALUES, GET_SETUP) and body:
        numbers, tail = _all(command, body)
    elif command in (GET_SELECTIVE, GET_SETUP_SELECTIVE) and len(body) >= 4:
        head["mask"] = f"0x{body[:4].hex().upper()}"
        groups = VALUES if command == GET_SELECTIVE else SETUP
        numbers, tail = read(chosen(groups, body[:4]), body[4:])
    else:
        return Reading({**head, "payload_hex": frame.payload.hex()}, {})
    words = _fault_words(numbers)
    extra: dict[str, Value] = {"extra_tail_hex": tail.hex()} if tail else {}
    fields = {**head, **numbers, **words, **extra}
    return Reading(fields, _values(numbers) | _driven(numbers, fitting))


def _all(command: int, body: bytes) -> tuple[dict[str, float], bytes]:
    if not any(body):
        raise BadPayload("all zeros, from a controller that a battery feeds")
    groups = SETUP
    if command == GET_VALUES:
        groups = FIRMWARE_2 if len(body) + 1 == _FIRMWARE_2_BYTES else VALUES
    numbers, tail = read(groups, body)
    if "v_in" not in numbers:
        raise BadPayload(f"{len(body) + 1} bytes of values, which end before the input voltage")
    return numbers, tail


def _fault_words(numbers: Mapping[str, float]) -> dict[str, Value]:
    return {"fault_name": _fault_name(int(numbers["fault"]))} if "fault" in numbers else {}


def _fault_name(number: int) -> str:
    return FAULTS[number] if number < len(FAULTS) else f"FAULT_{number}"


def _values(numbers: Mapping[str, float]) -> dict[str, Value]:
    values: dict[str, Value] = {
        quantity: numbers[name] for name, quantity in _QUANTITIES.items() if name in numbers
    }
    if "input_current_a" in numbers:
        values["current_a"] = 0.0 - numbers["input_current_a"]
    if "fault" in numbers:
        values["fault"] = _fault_name(int(numbers["fault"])).lower()
    return values | _temperatures(numbers)


def _temperatures(numbers: Mapping[str, float]) -> dict[str, Value]:
    fets = _there(numbers, "temp_fet_c", *(f"t{number}_c" for number in range(1, 7)))
    motors = _there(numbers, "temp_motor_c")
    values: dict[str, Value] = {"controller_temp_c": max(fets)} if fets else {}
    return values | ({"motor_temp_c": motors[0]} if motors else {})


def _there(numbers: Mapping[str, float], *names: str) -> list[float]:
    found = (numbers[name] for name in names if name in numbers)
    return [temp for temp in found if temp > _ABSENT_C]


def _driven(numbers: Mapping[str, float], fitting: Fitting) -> dict[str, Value]:
    """Speed and distance: by the wheel that was fitted, else by the controller's own setup."""
    values: dict[str, Value] = {}
    if "speed_m_s" in numbers:
        values["speed_kmh"] = abs(numbers["speed_m_s"]) * 3.6
    for name in ("trip_abs_m", "odometer_m"):
        if name in numbers:
            values["distance_m"] = numbers[name]
    wheel_m, erpm_per_turn = fitting.wheel_circumference_m, fitting.erpm_per_turn
    if wheel_m is None or erpm_per_turn is None:
        return values
    if "erpm" in numbers:
        values["speed_kmh"] = abs(numbers["erpm"]) / erpm_per_turn * wheel_m * 60 / 1000
    if "tacho_abs" in numbers:
        turns = numbers["tacho_abs"] / _STEPS_PER_ELECTRICAL_TURN / erpm_per_turn
        values["distance_m"] = turns * wheel_m
    return values
