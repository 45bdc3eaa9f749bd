"""JBD battery boards of the UP series (UP16S...): 9600 8N1, RS485, they answer.

They do not speak `jbd`. Sources: the capture of two boards kept by syssi/esphome-jbd-bms
(docs/pdus/JBD-UP16S020-two-devices.txt); the meaning of its fields, current and bits from
mr-manuel/venus-os_dbus-serialbattery, tested there on a UP16S015. One letter is one nibble:

    question   NN FF SSSS EEEE 0000 CCCC
    answer     NN FF SSSS EEEE LLLL PP..PP CCCC

- N: address, 01 for the first board of a line. F: function, 78 to read. S, E: from where to where.
- L: bytes of payload; big endian throughout, but for C: CRC-16/MODBUS of all before, low byte
  first. A question has none: heard back, it is no answer.
- P, from 1000 to 10A0: the state of the pack, see `jbd_up16s_state`.
"""

import re
from collections.abc import Callable

from triporteur_device.protocols.base import (
    Fault,
    Fitting,
    Frame,
    ProtocolSpec,
    Reading,
)
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.jbd_up16s_state import read_state
from triporteur_device.protocols.polling import RoundPoller
from triporteur_wire.quantities import Value

#: An answer's header, or what more bytes may turn into one; its payload stays below 256 bytes.
_HEADER = re.compile(rb"[\1-\x10](?:[\x45\x78](?:.{4}\0(?:[^\0]|\Z)|.{0,4}\Z)|\Z)", re.DOTALL)
_BEFORE, _BEHIND = 8, 2
_FIRST_BOARD, _LAST_BOARD = 1, 16


def encode(address: int) -> bytes:
    """The question that reads the state of the board with this address."""
    body = bytes((address, 0x78)) + bytes.fromhex("100010a00000")
    return body + crc16_modbus(body).to_bytes(2, "little")


def decoder() -> HuntingDecoder:
    return HuntingDecoder(_HEADER, _size, _check)


def _size(held: bytes, start: int) -> int:
    length = held[start + 7] if len(held) > start + 7 else 0
    return _BEFORE + length + _BEHIND


def _check(raw: bytes) -> Frame | Fault:
    if crc16_modbus(raw[:-_BEHIND]) != int.from_bytes(raw[-_BEHIND:], "little"):
        return Fault.CHECKSUM
    return Frame(raw[1:4].hex(), raw[_BEFORE:-_BEHIND], raw)


def interpreter(address: int | None) -> Callable[[Frame], Reading]:
    """The reading of an answer; of other boards than the one with this address, its fields only.

    The interpreter raises `BadPayload` where the state is cut, wrongly counted, or says neither
    voltage nor charge.
    """

    def interpret(frame: Frame) -> Reading:
        head: dict[str, Value] = {"address": frame.raw[0], "block": frame.kind}
        if frame.kind != _STATE:
            return Reading({**head, "data_hex": frame.payload.hex()}, {})
        reading = read_state(frame.payload)
        ours = address in (None, frame.raw[0])
        return Reading({**head, **reading.fields}, reading.values if ours else {})

    return interpret


_STATE = "781000"


def _spec(address: int | None) -> ProtocolSpec:
    question = encode(_FIRST_BOARD if address is None else address)
    return ProtocolSpec(
        name="jbd_up16s",
        baud=9600,
        quiet_s=0.3,
        max_pending=_BEFORE + 255 + _BEHIND + MAX_RUN,
        decoder=decoder,
        interpret=interpreter(address),
        poller=lambda: RoundPoller({_STATE: question}, {}),
        requests=frozenset({question}),
        fit=_fit,
        takes=frozenset({"address"}),
    )


def _fit(fitting: Fitting) -> ProtocolSpec:
    # The first board asks the others of its line: what they answer is not this battery's.
    address = _FIRST_BOARD if fitting.address is None else fitting.address
    if not _FIRST_BOARD <= address <= _LAST_BOARD:
        raise ValueError(f"no JBD board listens to {address}: write an address from 1 to 16")
    return _spec(address)


SPEC = _spec(None)
