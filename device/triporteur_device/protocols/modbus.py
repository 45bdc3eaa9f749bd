"""Modbus RTU devices, described by a table of registers: they answer reads of registers.

Sources: "Modbus Application Protocol V1.1b3" and "Modbus over Serial Line V1.02" (modbus.org);
the relatives of Modbus that scooters speak as noted by Ennar1991/ZydDash, with its captures. One
letter is one nibble:

    question    AA 03 SSSS NNNN CCCC
    answer      AA 03 LL D..D CCCC
    relative    AA 03 SSSS LL D..D CCCC
    refusal     AA 83 EE CCCC

- A: the device's own address. S: the first register, N: how many, at most 125.
- L: bytes of data, two for each register. D: registers, high byte first.
- E: why it is refused, see `modbus_values`; the function is then 80 more than the one asked.
- C: CRC-16/MODBUS of all before it, low byte first.

An answer has no mark where it begins, and does not say which registers it brings: both follow from
the question, which the decoder hears (`asked`). The relative repeats the first register, for which
ordinary clients refuse it. Without a question, whatever can be told by itself is looked for: an
ordinary answer then gives its bytes but no values. That is how a line is read that somebody only
listened to, with functions 04 and 17 on it, and the reports in `modbus_hobbywing`.

Only function 03 is ever asked, the one that reads. Which registers, and what they mean, is a
`RegisterMap`: see `modbus_maps`. Without one, nothing is asked.
"""

import re
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from triporteur_device.protocols.base import Fault, Fitting, Frame, ProtocolSpec
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.modbus_blocks import (
    MOST_REGISTERS,
    Block,
    BlockPoller,
    questions,
    refused,
)
from triporteur_device.protocols.modbus_hobbywing import REPORT, REPORT_BYTES
from triporteur_device.protocols.modbus_values import QUESTION, UNASKED, interpret

_REFUSED = 0x80
_CRC_BYTES = 2
_MOST_DATA = 250
_LONGEST = 5 + _MOST_DATA + _CRC_BYTES
#: By then the size of every shape is known.
_HEAD_BYTES = 8
#: Functions that read: registers, inputs, and registers while writing others.
_READING = frozenset({0x03, 0x04, 0x17})

#: Any address with a function that reads or its refusal, or a report; or the beginning of one.
_ANYTHING = re.compile(
    rb"[\x01-\xf7](?:[\x03\x04\x17\x83\x84\x97]|\Z)|[\xab\xaf](?:[\x00\x01](?:\x19|\Z)|\Z)"
)


class _Shape(NamedTuple):
    """Something that may stand on the line: its size, and where its data begins."""

    size: int
    data_at: int


_ORDINARY_AT, _RELATIVE_AT = 3, 5
_REFUSAL = _Shape(5, 2)
_REPORT = _Shape(REPORT_BYTES, 3)


class _Question:
    """What was asked, and what may come back: each shape with the bytes that it opens with."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.block = _block(request)
        address, function = request[:1], request[1:2]
        refusing = bytes((request[1] | _REFUSED,))
        size = 2 * self.block.count
        length = bytes((size,))
        self.header = re.compile(
            re.escape(address) + b"(?:[" + function + refusing + rb"]|\Z)", re.DOTALL
        )
        self._openings = (
            (address + refusing, _REFUSAL),
            (address + function + length, _sized(_ORDINARY_AT, size)),
            (request[:4] + length, _sized(_RELATIVE_AT, size)),
            (request, _Shape(len(request), _ORDINARY_AT)),
        )

    def shapes(self, head: bytes) -> list[_Shape]:
        """What these bytes may open."""
        return [shape for opening, shape in self._openings if _agree(opening, head)]


class ModbusDecoder(HuntingDecoder):
    """Tries each shape that a header may open, the shortest first, until a checksum holds."""

    def __init__(self) -> None:
        super().__init__(_ANYTHING, lambda held, start: _LONGEST, lambda raw: Fault.NOISE)
        self._question: _Question | None = None

    def asked(self, request: bytes) -> None:
        """From here on only answers to this question, or its own echo, are looked for."""
        self._question = _Question(request) if _reads(request) else None
        self._header = self._question.header if self._question else _ANYTHING

    def _judge(self, held: bytes, start: int, ended: bool) -> Frame | Fault | None:
        head = held[start : start + _HEAD_BYTES]
        shapes = self._question.shapes(head) if self._question else _possible(head)
        at, crc = start, crc16_modbus(b"")
        for shape in sorted(shapes):
            end = start + shape.size
            if len(held) < end:
                return Fault.TRUNCATED if ended else None
            at, crc = end, crc16_modbus(held[at:end], crc)
            if crc == 0:
                return self._frame(held[start:end], shape)
        return Fault.CHECKSUM if shapes else Fault.NOISE

    def _frame(self, raw: bytes, shape: _Shape) -> Frame:
        asked, data = self._question, raw[shape.data_at : -_CRC_BYTES]
        if asked and raw == asked.request:
            return Frame(QUESTION, data, raw)
        if shape == _REFUSAL:
            return Frame(refused(asked.block.kind if asked else UNASKED), data, raw)
        if shape.data_at == _RELATIVE_AT:
            block = Block(int.from_bytes(raw[2:4], "big"), len(data) // 2)
            return Frame(block.kind, raw[2:4] + data, raw)
        if asked:
            return Frame(asked.block.kind, asked.request[2:4] + data, raw)
        return Frame(REPORT if raw[1] not in _READING else UNASKED, data, raw)


def _reads(request: bytes) -> bool:
    if len(request) < _HEAD_BYTES or request[1] not in _READING:
        return False
    return 0 < _block(request).count <= MOST_REGISTERS


def _block(request: bytes) -> Block:
    return Block(int.from_bytes(request[2:4], "big"), int.from_bytes(request[4:6], "big"))


def _possible(head: bytes) -> list[_Shape]:
    """What these bytes may open when nobody said what was asked."""
    if len(head) < _HEAD_BYTES:
        return [_Shape(_HEAD_BYTES, 0)]
    if head[1] & _REFUSED:
        return [_REFUSAL]
    if head[1] not in _READING:
        return [_REPORT]
    lengths = ((at, head[at - 1]) for at in (_ORDINARY_AT, _RELATIVE_AT))
    return [_sized(at, size) for at, size in lengths if size % 2 == 0 and 0 < size <= _MOST_DATA]


def _sized(data_at: int, data_bytes: int) -> _Shape:
    return _Shape(data_at + data_bytes + _CRC_BYTES, data_at)


def _agree(opening: bytes, head: bytes) -> bool:
    shorter = min(len(opening), len(head))
    return opening[:shorter] == head[:shorter]


def _fitted(fitting: Fitting) -> ProtocolSpec:
    table = fitting.registers
    if table is None or not table.registers:
        return SPEC
    address = table.address if fitting.address is None else fitting.address
    return replace(
        SPEC,
        baud=table.baud,
        interpret=partial(interpret, table=table),
        poller=lambda: BlockPoller(table, address),
        requests=questions(table, address),
    )


SPEC = ProtocolSpec(
    name="modbus",
    baud=115200,
    quiet_s=0.3,
    max_pending=_LONGEST + MAX_RUN,
    decoder=ModbusDecoder,
    interpret=interpret,
    fit=_fitted,
    takes=frozenset({"address", "registers"}),
)
