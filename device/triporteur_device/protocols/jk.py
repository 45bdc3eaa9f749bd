"""JK battery boards (Jikong) on their "GPS" port: 115200 8N1, they answer.

Sources: the vendor's protocol as kept by syssi/esphome-jk-bms, with its example; captures of
jblance/mpp-solar, fl4p/batmon-ha and Kenura-R-Gunarathna/jkbms-esp32. One letter is one nibble:

    4E57 LLLL NNNNNNNN CC SS TT  dd..dd  RRRRRRRR 68 0000 KKKK

- L: length, itself and the checksum counted, 4E57 not. Big endian throughout. N: terminal.
- C: command, 03 read one, 06 read all. S: who speaks, 00 the board, 03 a computer.
- T: 00 a question, 01 an answer, 02 sent by the board unasked. Only the last two are frames here.
- d: in an answer one tag after the other, each followed by its value: see `jk_tags`.
- R: record number. K: sum of all bytes before it, kept to 16 bits.

The meaning of tag 84, the current in 10 mA, is told by tag C0, which comes last: with C0 = 1, bit
15 is set while charging and the other bits are the magnitude; with C0 = 0, it is 10000 less the
current, positive while charging. Without C0, nobody knows.

The board forbids charging below tag A5 only: on a captured pack that is -20 °C.
"""

import re

from triporteur_device.protocols.alarms import from_bits
from triporteur_device.protocols.base import BadPayload, Fault, Frame, ProtocolSpec, Reading
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.jk_tags import walk
from triporteur_device.protocols.polling import RoundPoller
from triporteur_wire.alarms import Alarm
from triporteur_wire.quantities import Value

#: "Read all", from a computer to terminal 0.
READ_ALL = bytes.fromhex("4e5700130000000006030000000000006800000129")

WARNINGS = (
    Alarm.LOW_SOC,
    Alarm.HIGH_TEMPERATURE,  # of the switches
    Alarm.PACK_OVERVOLTAGE,
    Alarm.PACK_UNDERVOLTAGE,
    Alarm.HIGH_TEMPERATURE,  # of the battery
    Alarm.CHARGE_OVERCURRENT,
    Alarm.DISCHARGE_OVERCURRENT,
    Alarm.CELL_IMBALANCE,
    Alarm.HIGH_TEMPERATURE,  # in the battery's box
    Alarm.LOW_TEMPERATURE,
    Alarm.CELL_OVERVOLTAGE,
    Alarm.CELL_UNDERVOLTAGE,
)

#: A header, or what more bytes may turn into one. Boards of 32 cells stay below 512 bytes.
_HEADER = re.compile(rb"NW(?:[\0\1].{7}[\1\2]|[\0\1].{0,7}\Z|\Z)|N\Z", re.DOTALL)
#: Header, length, terminal, command, source and type; record number, end mark and checksum.
_BEFORE, _BEHIND = 11, 9
_STX = 2
_MAX_FRAME = _STX + 0x1FF
#: A sensor that is not there reads as cold as the board can tell.
_ABSENT_C = -40


def decoder() -> HuntingDecoder:
    return HuntingDecoder(_HEADER, _size, _check)


def _size(held: bytes, start: int) -> int:
    told = held[start + 2 : start + 4]
    return max(_STX + int.from_bytes(told, "big"), _BEFORE + _BEHIND) if len(told) == 2 else _BEFORE


def _check(raw: bytes) -> Frame | Fault:
    if _STX + int.from_bytes(raw[2:4], "big") != len(raw):
        return Fault.LENGTH
    if raw[-5] != 0x68:
        return Fault.STOP
    if sum(raw[:-2]) & 0xFFFF != int.from_bytes(raw[-2:], "big"):
        return Fault.CHECKSUM
    return Frame(f"0x{raw[8]:02X}", raw[_BEFORE:-_BEHIND], raw)


def interpret(frame: Frame) -> Reading:
    """The reading of an answer, as far as its tags are known.

    Raises:
        BadPayload: The answer says neither voltage nor charge of a board that a battery feeds.
    """
    said, unread = walk(frame.payload)
    if said.get("voltage_v") == 0 and said.get("soc_pct") == 0:
        raise BadPayload("no voltage and no charge, from a board that a battery feeds")
    fields = {**said, **_switches(said), **_current(said)}
    if unread:
        fields["unread_hex"] = unread.hex()
    return Reading(fields, _values(fields))


def _switches(said: dict[str, Value]) -> dict[str, Value]:
    status = said.get("status")
    if not isinstance(status, int):
        return {}
    names = ("charge_on", "discharge_on", "balancing")
    return {name: bool(status >> bit & 1) for bit, name in enumerate(names)}


def _current(said: dict[str, Value]) -> dict[str, Value]:
    raw, version = said.get("current_raw"), said.get("protocol_version")
    if not isinstance(raw, int) or version not in (0, 1):
        return {}
    if version == 0:
        return {"current_a": (10000 - raw) / 100}
    sign = 1 if raw & 0x8000 else -1
    return {"current_a": sign * (raw & 0x7FFF) / 100}


_QUANTITY_OF = {
    "cells_v": "cells_v",
    "voltage_v": "pack_voltage_v",
    "current_a": "current_a",
    "soc_pct": "soc_pct",
    "cycles": "cycles",
    "capacity_ah": "nominal_ah",
    "charge_on": "charge_fet",
    "discharge_on": "discharge_fet",
}


def _values(fields: dict[str, Value]) -> dict[str, Value]:
    values = {name: fields[key] for key, name in _QUANTITY_OF.items() if key in fields}
    if fields.get("capacity_ah") == 0:
        del values["nominal_ah"]  # nobody told the board
    warnings = fields.get("warnings")
    if isinstance(warnings, int):
        values["alarms"] = tuple(dict.fromkeys(from_bits(warnings, WARNINGS)))
    if mos := _present(fields, "mos_temp_c"):
        values["bms_temp_c"] = mos[0]
    if temps := _present(fields, "temp1_c", "temp2_c"):
        values["battery_temps_c"] = temps
    return values


def _present(fields: dict[str, Value], *names: str) -> tuple[float, ...]:
    told = (fields.get(name) for name in names)
    return tuple(temp for temp in told if isinstance(temp, int) and temp > _ABSENT_C)


_EACH_ROUND = {"0x06": READ_ALL}

SPEC = ProtocolSpec(
    name="jk",
    baud=115200,
    quiet_s=0.3,
    max_pending=_MAX_FRAME + MAX_RUN,
    decoder=decoder,
    interpret=interpret,
    poller=lambda: RoundPoller(_EACH_ROUND, {}),
    requests=frozenset(_EACH_ROUND.values()),
)
