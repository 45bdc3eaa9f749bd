"""Register maps of devices that are known by name."""

from triporteur_device.protocols.base import Register, RegisterMap

#: Bits of registers 258 and 269, bit 0 first.
_FAULTS = (
    "controller_over_voltage",
    "phase_over_current",
    "current_sensor_calibration",
    "current_sensor_over_current",
    "controller_over_temperature",
    "motor_hall_sensor",
    "controller_under_voltage",
    "post_static_gating",
    "communication_timeout",
    "instantaneous_phase_over_current",
    "motor_over_temperature",
    "throttle_voltage",
    "instantaneous_over_voltage",
    "internal_error",
    "post_dynamic_gating",
    "instantaneous_under_voltage",
)

#: Grin Phaserunner, and the ASI BAC controllers it is one of: 115200 8N1, address 1.
#: Source: the object dictionary kept by rberger/asi_bod (`BODm.json`). Its battery current and
#: power are positive while the motor draws. The charge it guesses sags with the voltage whenever
#: the motor pulls, and is 0 where nobody set it up: shown, and no quantity.
PHASERUNNER = RegisterMap(
    name="phaserunner",
    baud=115200,
    address=1,
    registers=(
        Register(258, "fault", words=_FAULTS),
        Register(259, "controller_temp_c", signed=True),
        Register(260, "speed_kmh", divisor=256, signed=True),
        Register(261, "motor_temp_c", signed=True),
        Register(262, "motor_current_a", divisor=32, signed=True),
        Register(263, "motor_rpm", signed=True),
        Register(265, "input_voltage_v", divisor=32),
        Register(266, "current_a", factor=-1, divisor=32, signed=True),
        Register(267, "guessed_charge_pct", divisor=32),
        Register(268, "power_w", factor=-1, signed=True),
        Register(269, "last_fault_bits"),
        Register(277, "warning_bits"),
        Register(299, "fault_bits_2"),
        Register(311, "wheel_sensor_rpm", divisor=16),
        Register(312, "wheel_motor_rpm", divisor=16, signed=True),
        Register(334, "motor_input_w", signed=True),
        Register(340, "crc_errors"),
    ),
)

#: Hobbywing's scooter controllers are heard while their display asks them, and never asked: what
#: they say is in `modbus_hobbywing`, and no register is read.
HOBBYWING = RegisterMap(name="hobbywing", registers=(), baud=115200)

BUILT_IN = {table.name: table for table in (PHASERUNNER, HOBBYWING)}
