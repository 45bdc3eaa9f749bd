"""What the registers of a Modbus device say, by its `RegisterMap`.

Sources: "Modbus Application Protocol V1.1b3" (modbus.org) for the refusals. A payload opens with
the number of its first register, where that is known, and holds 16-bit registers, high byte first.
"""

import struct

from triporteur_device.protocols.base import BadPayload, Frame, Reading, Register, RegisterMap
from triporteur_device.protocols.modbus_hobbywing import REPORT, STATE, read_report, read_state
from triporteur_wire.quantities import QUANTITIES, Shape, Value

#: The kind of an answer whose question nobody heard: its registers have no numbers.
UNASKED = "unasked"
#: The kind of the question itself, come back.
QUESTION = "question"

_REFUSED = 0x80
REFUSALS = {
    1: "illegal function",
    2: "illegal register",
    3: "illegal number of registers",
    4: "device failure",
    5: "accepted, not done yet",
    6: "device busy",
    8: "memory fault",
    10: "gateway path not available",
    11: "gateway target does not answer",
}
_VOLTAGES = ("input_voltage_v", "pack_voltage_v")


def interpret(frame: Frame, table: RegisterMap | None = None) -> Reading:
    """The reading of an answer; of a refusal, or registers without a map, its fields only.

    Raises:
        BadPayload: No voltage, or nothing but zeros, from a device that a battery feeds.
    """
    address, function = frame.raw[:2]
    head: dict[str, Value] = {"address": address, "function": function & ~_REFUSED}
    reading = _meaning(frame, function, table)
    return Reading({**head, **reading.fields}, reading.values)


def _meaning(frame: Frame, function: int, table: RegisterMap | None) -> Reading:
    if function & _REFUSED:
        code = frame.payload[0]
        return Reading({"refused": code, "reason": REFUSALS.get(code, "unknown")}, {})
    if frame.kind == REPORT:
        return read_report(frame.payload)
    if frame.kind in (UNASKED, QUESTION):
        return Reading({"data_hex": frame.payload.hex()}, {})
    start, data = int.from_bytes(frame.payload[:2], "big"), frame.payload[2:]
    if table is not None:
        return _mapped(table, start, data)
    if (function, start, len(data)) == STATE:
        return read_state(data)
    return Reading({"start": start, "data_hex": data.hex()}, {})


def _mapped(table: RegisterMap, start: int, data: bytes) -> Reading:
    raws = struct.unpack(f">{len(data) // 2}H", data)
    said: dict[str, list[tuple[Register, int]]] = {}
    for register in table.registers:
        if start <= register.number < start + len(raws):
            said.setdefault(register.quantity, []).append((register, raws[register.number - start]))
    fields = {name: _value(name, found) for name, found in said.items()}
    if any(fields.get(name) == 0 for name in _VOLTAGES):
        raise BadPayload("no voltage, from a device that a battery feeds")
    values = {name: value for name, value in fields.items() if name in QUANTITIES}
    return Reading({"start": start, **fields}, values)


def _value(name: str, found: list[tuple[Register, int]]) -> Value:
    shape = QUANTITIES[name].shape if name in QUANTITIES else None
    if shape is Shape.WORD:
        return next(iter(_words(found)), "none")
    if shape is Shape.WORDS:
        return tuple(_words(found))
    numbers = tuple(_scaled(register, raw) for register, raw in found)
    if shape is Shape.FLAG:
        return any(numbers)
    return numbers if shape is Shape.NUMBERS or len(numbers) > 1 else numbers[0]


def _scaled(register: Register, raw: int) -> float:
    if register.signed and raw >= 0x8000:
        raw -= 0x10000
    scaled = raw * register.factor
    return scaled if register.divisor == 1 else scaled / register.divisor


def _words(found: list[tuple[Register, int]]) -> list[str]:
    """The names of the bits that are set; one without a name is "other", once."""
    words: list[str] = []
    for register, raw in found:
        words += (word for bit, word in enumerate(register.words) if raw >> bit & 1)
        words += ["other"] if raw >> len(register.words) else []
    return list(dict.fromkeys(words))
