"""What a Victron charger says of itself in VE.Direct text: state, tracker, errors, why it is off.

Source: Victron "VE.Direct Protocol". A number that it does not name stays as it came.
"""

from collections.abc import Mapping

from triporteur_wire.alarms import Alarm
from triporteur_wire.quantities import Value

_STATES = {
    0: "off",
    1: "low_power",
    2: "fault",
    3: "bulk",
    4: "absorption",
    5: "float",
    6: "storage",
    7: "equalize",
    9: "inverting",
    11: "power_supply",
    245: "starting",
    246: "repeated_absorption",
    247: "auto_equalize",
    248: "battery_safe",
    252: "external_control",
}
_TRACKERS = {0: "off", 1: "limited", 2: "active"}
_ERRORS = {
    0: "none",
    2: "battery_voltage_high",
    17: "charger_temperature_high",
    18: "charger_overcurrent",
    19: "charger_current_reversed",
    20: "bulk_time_exceeded",
    21: "current_sensor",
    26: "terminals_overheated",
    28: "converter",
    33: "panel_voltage_high",
    34: "panel_current_high",
    38: "input_shutdown_battery_voltage",
    39: "input_shutdown_current_while_off",
    65: "lost_other_device",
    66: "synchronised_charging",
    67: "lost_bms",
    68: "network_misconfigured",
    116: "calibration_lost",
    117: "invalid_firmware",
    119: "invalid_settings",
}
#: Errors that the vocabulary of alarms can say; the others are an alarm all the same.
_ALARMS = {
    2: Alarm.HIGH_VOLTAGE,
    17: Alarm.HIGH_TEMPERATURE,
    18: Alarm.CHARGE_OVERCURRENT,
    26: Alarm.HIGH_TEMPERATURE,
    38: Alarm.HIGH_VOLTAGE,
}
_OFF_REASONS = (
    "no_input_power",
    "switched_off",
    "switched_off_by_register",
    "remote_input",
    "protection",
    "paygo",
    "bms",
    "engine_detection",
    "analysing_input",
)


def charger_fields(labels: Mapping[str, str], numbers: Mapping[str, int]) -> dict[str, Value]:
    """The charger's labels in words; those it does not send are absent."""
    fields: dict[str, Value] = {}
    for label, name, words in (
        ("CS", "charge_state", _STATES),
        ("MPPT", "tracker", _TRACKERS),
        ("ERR", "error_name", _ERRORS),
    ):
        if label in numbers:
            fields[name] = words.get(numbers[label], "unknown")
    if (reasons := _off_bits(labels.get("OR", ""))) is not None:
        fields["off_reasons"] = tuple(
            word for bit, word in enumerate(_OFF_REASONS) if reasons >> bit & 1
        )
    return fields


def charger_alarms(numbers: Mapping[str, int]) -> tuple[Alarm, ...] | None:
    """The alarm of the error in force, none for error 0; None where no error is told."""
    if "ERR" not in numbers:
        return None
    error = numbers["ERR"]
    return (_ALARMS.get(error, Alarm.OTHER),) if error else ()


def _off_bits(text: str) -> int | None:
    digits = text.removeprefix("0x")
    if len(digits) != 8 or digits == text:
        return None
    try:
        return int(digits, 16)
    except ValueError:
        return None
