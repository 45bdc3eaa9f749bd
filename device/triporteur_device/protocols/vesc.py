"""VESC motor controllers, on their serial port: 115200 8N1, they answer.

Sources: `packet.c` and `commands.c` of vedderb/bldc (read for facts); captures of
ikalnytskyi/vesc-rs and LiamBindle/PyVESC. One letter is one nibble:

    up to 255 bytes    02 LL P..P CCCC 03
    more               03 LLLL P..P CCCC 03
    more yet           04 LLLLLL P..P CCCC 03

- L: bytes of payload. P: payload, whose first byte is the command that is answered.
- C: CRC-16/XMODEM of the payload, high byte first.

A question has no payload but its command (and, where a choice is made, a mask of 4 bytes). What
the answers say is in `vesc_values`.

Only GET_VALUES is asked: the one question that every firmware since 2 answers. It reads the mean
currents since they were last read, and begins new means, whoever asked. That is what a journal
wants (a mean over our second, not an instant of a chopped current), and costs a display that asks
the same nothing but a shorter mean. The variant that can leave the means alone would leave out the
current, which is what the controller is read for.
"""

import re
from dataclasses import replace
from functools import partial

from triporteur_device.protocols.base import Fault, Fitting, Frame, ProtocolSpec
from triporteur_device.protocols.crc import crc16_xmodem
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.polling import RoundPoller
from triporteur_device.protocols.vesc_values import GET_VALUES, interpret

#: The longest answer read here has 74 bytes; newer firmwares add fields at its end.
MAX_PAYLOAD = 255

#: A header, or what more bytes may turn into one. The two longer forms are for answers beyond
#: `MAX_PAYLOAD`, but some clients use them for short ones.
_HEADER = re.compile(
    rb"\x02(?:[^\x00]|\Z)"
    rb"|\x03(?:\x00(?:[^\x00]|\Z)|\Z)"
    rb"|\x04(?:\x00(?:\x00(?:[^\x00]|\Z)|\Z)|\Z)",
    re.DOTALL,
)
#: Checksum and end mark.
_BEHIND = 3
_LONGEST_HEADER = 4


def encode(payload: bytes) -> bytes:
    """The frame of a short payload."""
    return (
        bytes((0x02, len(payload))) + payload + crc16_xmodem(payload).to_bytes(2, "big") + b"\x03"
    )


def decoder() -> HuntingDecoder:
    return HuntingDecoder(_HEADER, _size, _check)


def _size(held: bytes, start: int) -> int:
    # The start mark is also the length of the header.
    header = held[start]
    length = held[start + 1 : start + header]
    payload = int.from_bytes(length, "big") if len(length) == header - 1 else 1
    return header + payload + _BEHIND


def _check(raw: bytes) -> Frame | Fault:
    if raw[-1] != 0x03:
        return Fault.STOP
    payload = raw[raw[0] : -_BEHIND]
    if crc16_xmodem(payload) != int.from_bytes(raw[-_BEHIND:-1], "big"):
        return Fault.CHECKSUM
    return Frame(f"0x{payload[0]:02X}", payload, raw)


_EACH_ROUND = {f"0x{GET_VALUES:02X}": encode(bytes((GET_VALUES,)))}


def _fitted(fitting: Fitting) -> ProtocolSpec:
    return replace(SPEC, interpret=partial(interpret, fitting=fitting))


SPEC = ProtocolSpec(
    name="vesc",
    baud=115200,
    quiet_s=0.3,
    max_pending=_LONGEST_HEADER + MAX_PAYLOAD + _BEHIND + MAX_RUN,
    decoder=decoder,
    interpret=interpret,
    poller=lambda: RoundPoller(_EACH_ROUND, {}),
    requests=frozenset(_EACH_ROUND.values()),
    fit=_fitted,
    takes=frozenset({"wheel_circumference_m", "erpm_per_turn"}),
)
