"""Victron VE.Direct: shunts and battery monitors (BMV, SmartShunt) and solar chargers (MPPT).

19200 8N1. The device speaks about once a second, unasked; nothing is ever sent. Sources: Victron
"VE.Direct Protocol" (text) and "BMV-7xx HEX Protocol"; streams kept by karioja/vedirect,
jblance/mpp-solar and KinDR007/VictronMPPT-ESPHOME. One letter is one byte, `.` a tab, `/` CR LF:

    /LL.VVVV/LLL.VV/Checksum.C

- L: label, V: value, both ASCII; unknown labels must be tolerated.
- C: any byte, CR, LF and `:` included, that brings the sum of the block's bytes to 0 modulo 256.

A monitor sends its live values and its history as blocks in turn, each with a checksum of its own.
Messages of the HEX protocol come whenever they like, also inside a block, and are no part of it:

    :NRRRRFFV..VXX\n

- N: command, one digit; 7, 8 and A carry a register. Then pairs of digits, little endian:
- R: register, F: flags, 00 for a good value, V: value.
- X: brings the sum of N and of all pairs to 55 modulo 100 (hexadecimal).

What the labels mean is in `vedirect_labels`.
"""

import re

from triporteur_device.protocols.base import (
    Discarded,
    Event,
    Fault,
    Frame,
    ProtocolSpec,
    Reading,
)
from triporteur_device.protocols.vedirect_labels import read_block, read_message

#: Blocks captured so far are 123 to 164 bytes long; models to come have more labels.
MAX_BLOCK = 1024
#: The longest message measured is 79 bytes long, a day of a charger's history.
MAX_HEX = 160

_LAST_LABEL = b"\r\nChecksum\t"
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")


class VeDirectDecoder:
    """Takes HEX messages out of the text, then cuts the text into blocks.

    A block found before any other may have begun before we listened: it is accepted only if it
    starts with the stream or one byte later, that byte being the checksum of a block unseen.
    Once a block was seen whole, whatever stands between it and the next start is noise.
    """

    def __init__(self) -> None:
        self._text = bytearray()
        self._hex = bytearray()
        self._aligned = False

    def asked(self, request: bytes) -> None:
        """Nothing: nothing is ever asked."""

    def receive(self, data: bytes) -> list[Event]:
        events: list[Event] = []
        at = 0
        while at < len(data):
            take = self._take_hex if self._hex else self._take_text
            at = take(data, at, events)
        return events

    def reset(self) -> list[Event]:
        events: list[Event] = []
        if self._hex:
            self._end_hex(events, Fault.TRUNCATED)
        self._give_up(len(self._text), Fault.TRUNCATED, events)
        return events

    @property
    def pending(self) -> int:
        return len(self._text) + len(self._hex)

    def _take_text(self, data: bytes, at: int, events: list[Event]) -> int:
        colon = data.find(b":", at)
        self._text += data[at:] if colon < 0 else data[at:colon]
        self._cut_blocks(events)
        if colon < 0:
            return len(data)
        if self._awaits_colon():
            self._text += b":"
            self._cut_blocks(events)
        else:
            self._hex += b":"
        return colon + 1

    def _awaits_colon(self) -> bool:
        # Where a checksum is due, a colon is one if the sum says so, else a message begins.
        text = self._text
        return text.endswith(_LAST_LABEL) and _adds_up(text[self._start() :] + b":")

    def _cut_blocks(self, events: list[Event]) -> None:
        while True:
            label = self._text.find(_LAST_LABEL, 0, MAX_BLOCK - 1)
            end = label + len(_LAST_LABEL) + 1
            if label >= 0 and end <= len(self._text):
                self._end_block(end, events)
            elif len(self._text) >= MAX_BLOCK:
                self._give_up(MAX_BLOCK, Fault.LENGTH, events)
            else:
                return

    def _end_block(self, end: int, events: list[Event]) -> None:
        start = self._start()
        if start:
            events.append(Discarded(Fault.NOISE, self._cut(start)))
        raw = self._cut(end - start)
        self._aligned = True
        if raw.startswith(b"\r\n") and _adds_up(raw):
            events.append(Frame("text", raw[2 : -len(_LAST_LABEL) - 1], raw))
        else:
            events.append(Discarded(Fault.CHECKSUM, raw))

    def _start(self) -> int:
        start = self._text.find(b"\r\n")
        return start if start == 1 or self._aligned else 0

    def _give_up(self, end: int, fault: Fault, events: list[Event]) -> None:
        raw = self._cut(end)
        noise, start, block = raw.partition(b"\r\n")
        if noise:
            events.append(Discarded(Fault.NOISE, noise))
        if start:
            self._aligned = False
            events.append(Discarded(fault, start + block))

    def _cut(self, end: int) -> bytes:
        raw = bytes(self._text[:end])
        del self._text[:end]
        return raw

    def _take_hex(self, data: bytes, at: int, events: list[Event]) -> int:
        room = at + MAX_HEX - len(self._hex)
        other = _NOT_HEX.search(data, at, room)
        end = other.start() if other else min(room, len(data))
        self._hex += data[at:end]
        if other and other[0] == b"\n":
            self._hex += b"\n"
            self._end_hex(events, None)
            return end + 1
        if other:
            self._end_hex(events, Fault.NOISE)
        elif end == room:
            self._end_hex(events, Fault.LENGTH)
        return end

    def _end_hex(self, events: list[Event], fault: Fault | None) -> None:
        raw = bytes(self._hex)
        self._hex.clear()
        events.append(Discarded(fault, raw) if fault else _message(raw))


def _adds_up(block: bytes | bytearray) -> bool:
    return sum(block) & 0xFF == 0


def _message(raw: bytes) -> Event:
    command, pairs = raw[1:2], raw[2:-1]
    if not pairs or len(pairs) % 2:
        return Discarded(Fault.LENGTH, raw)
    content = bytes.fromhex(f"0{command.decode()}{pairs.decode()}")
    if sum(content) & 0xFF != 0x55:
        return Discarded(Fault.CHECKSUM, raw)
    return Frame("hex", content[:-1], raw)


def interpret(frame: Frame) -> Reading:
    """The reading of a block or of a HEX message.

    Raises:
        BadPayload: A block without any label.
    """
    return read_message(frame.payload) if frame.kind == "hex" else read_block(frame.payload)


SPEC = ProtocolSpec(
    name="vedirect",
    baud=19200,
    quiet_s=0.5,
    max_pending=MAX_BLOCK + MAX_HEX,
    decoder=VeDirectDecoder,
    interpret=interpret,
)
