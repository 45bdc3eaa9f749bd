"""Daly's registers, read in blocks much as in Modbus: 9600 8N1, the board answers.

One letter is one nibble; which registers mean what is told by the modules of each variant:

    question   AA 03 SSSS NNNN CCCC
    answer     BB 03 LL DDDD..DDDD CCCC

- A: who is asked, B: who answers, not always the same. S: the first register, N: how many.
- L: bytes of data, two for each register. D: registers, high byte first.
- C: CRC-16/MODBUS of all before it, low byte first.

An answer does not say where it begins: that follows from the question, which the decoder hears. An
answer that is not as long as the last question wants is another's, and says nothing. Before any
question, an answer is taken to begin at register 0.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from triporteur_device.protocols import daly_alarms
from triporteur_device.protocols.base import BadPayload, Fault, Frame, Reading
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_wire.quantities import QUANTITIES, Value

MAX_PENDING = 3 + 250 + 2 + MAX_RUN
#: Silence a board needs between an answer and the next question.
GAP_S = 0.02
#: The kind of an answer to another question than the last.
OTHER = "other"

_READ = 0x03
_LENGTHS = b"[" + re.escape(bytes(range(2, 251, 2))) + b"]"
_NO_CURRENT = 30000
_COLD = 40
#: A sensor that is not there: the boards differ.
_ABSENT = (0, 0xFF)
_STATES = ("idle", "charging", "discharging")
_MOST_SENSORS = 8

Block = Mapping[int, int]


def encode(address: int, start: int, count: int) -> bytes:
    """The question that reads `count` registers from `start`."""
    body = struct.pack(">BBHH", address, _READ, start, count)
    return body + crc16_modbus(body).to_bytes(2, "little")


def kind(start: int) -> str:
    """The kind of an answer that begins at this register."""
    return f"0x{start:04X}"


class BlockDecoder(HuntingDecoder):
    """Answers of the board `address`, each named after the first register it holds."""

    def __init__(self, address: int) -> None:
        head = re.escape(bytes((address,)))
        # A header, or what more bytes may turn into one.
        header = head + rb"(?:\x03(?:" + _LENGTHS + rb"|\Z)|\Z)"
        super().__init__(re.compile(header), _size, self._answer)
        self._start = 0
        self._count: int | None = None

    def asked(self, request: bytes) -> None:
        if len(request) == 8:
            self._start, self._count = struct.unpack_from(">HH", request, 2)

    def _answer(self, raw: bytes) -> Frame | Fault:
        if crc16_modbus(raw):
            return Fault.CHECKSUM
        wanted = self._count is None or self._count == raw[2] // 2
        return Frame(kind(self._start) if wanted else OTHER, raw[3:-2], raw)


def _size(held: bytes, start: int) -> int:
    return 3 + (held[start + 2] if len(held) > start + 2 else 2) + 2


def plain(raw: int) -> Value:
    return raw


def tenths(raw: int) -> Value:
    return raw / 10


def thousandths(raw: int) -> Value:
    return raw / 1000


def amperes(raw: int) -> Value:
    """A current: more than 30000 is charge, the opposite of Daly's A5."""
    return (raw - _NO_CURRENT) / 10


def celsius(raw: int) -> Value | None:
    """A temperature; None for a sensor that is not there."""
    return None if raw in _ABSENT else raw - _COLD


def switch(raw: int) -> Value:
    return bool(raw)


def state(raw: int) -> Value:
    return _STATES[raw] if raw < len(_STATES) else f"unknown {raw}"


class Row(NamedTuple):
    """A register, what it gives, and how it is read.

    A name of `triporteur_wire.quantities` is a measure, any other a field.
    """

    number: int
    name: str
    read: Callable[[int], Value | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """A variant: its single registers, and where its lists are.

    Cells begin at register 0, temperatures behind the last place for a cell. `alarms` is where
    four registers of failures begin (see `daly_alarms`); None: nobody knows what they mean.
    """

    rows: tuple[Row, ...]
    temps: int
    voltage: int
    soc: int
    cell_count: int
    sensor_count: int
    alarms: int | None


def interpret(frame: Frame, layout: Layout) -> Reading:
    """The reading of a block; what lies outside the block is absent.

    Raises:
        BadPayload: The block is all zeros, or counts more cells or sensors than it has room for.
    """
    if frame.kind == OTHER:
        return Reading({"data_hex": frame.payload.hex()}, {})
    words = struct.unpack(f">{len(frame.payload) // 2}H", frame.payload)
    block = dict(enumerate(words, int(frame.kind, 16)))
    if not any(words) or block.get(layout.voltage) == block.get(layout.soc) == 0:
        raise BadPayload("no voltage and no charge, from a board that a battery feeds")
    said = dict(_said(block, layout))
    fields = {name: value for name, value in said.items() if name not in QUANTITIES}
    values = {name: value for name, value in said.items() if name in QUANTITIES}
    return Reading({"register": frame.kind, **fields}, values)


def _said(block: Block, layout: Layout) -> Iterator[tuple[str, Value]]:
    for row in layout.rows:
        if row.number in block and (value := row.read(block[row.number])) is not None:
            yield row.name, value
    yield from _cells(block, layout)
    yield from _temps(block, layout)
    yield from _alarms(block, layout)


def _cells(block: Block, layout: Layout) -> Iterator[tuple[str, Value]]:
    cells = _span(block, 0, block.get(layout.cell_count, 0), layout.temps)
    if any(cells):
        yield "cells_v", tuple(cell / 1000 for cell in cells)


def _temps(block: Block, layout: Layout) -> Iterator[tuple[str, Value]]:
    raws = _span(block, layout.temps, block.get(layout.sensor_count, 0), _MOST_SENSORS)
    if raws:
        yield "temps_c", tuple(raw - _COLD for raw in raws)
    if fitted := tuple(raw - _COLD for raw in raws if raw not in _ABSENT):
        yield "battery_temps_c", fitted


def _alarms(block: Block, layout: Layout) -> Iterator[tuple[str, Value]]:
    words = () if layout.alarms is None else _span(block, layout.alarms, 4, 4)
    if words:
        found = daly_alarms.failures(sum(word << 16 * place for place, word in enumerate(words)))
        yield "alarms_hex", struct.pack(">4H", *words).hex()
        yield "failures", daly_alarms.names(found)
        yield "alarms", daly_alarms.alarms(found)


def _span(block: Block, start: int, count: int, most: int) -> tuple[int, ...]:
    if count > most:
        raise BadPayload(f"{count} values announced from register {start}, {most} at most")
    registers = range(start, start + count)
    whole = all(register in block for register in registers)
    return tuple(block[register] for register in registers) if whole else ()
