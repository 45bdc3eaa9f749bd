"""What was said over TCP, put together again from frames."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from tests.network.capture import Frame

_ETHERNET = 14
_SYN = 0x02
_Line = tuple[str, int, str, int]


@dataclass(frozen=True, slots=True)
class _Segment:
    line: _Line
    number: int
    begins: bool
    said: bytes


def streams(frames: Iterable[Frame], port: int) -> list[bytes]:
    """What went each way over each connection to this port; fails where something was missed."""
    lines: dict[_Line, list[_Segment]] = {}
    of_ipv4 = (frame for frame in frames if frame.kind == "tcp" and ":" not in frame.source)
    for segment in map(_segment, of_ipv4):
        if port in (segment.line[1], segment.line[3]):
            lines.setdefault(segment.line, []).append(segment)
    return [_joined(segments) for segments in lines.values()]


def _segment(frame: Frame) -> _Segment:
    """IPv4 without fragments, as in the lab."""
    packet = frame.whole[_ETHERNET:]
    start, length = 4 * (packet[0] & 15), int.from_bytes(packet[2:4])
    source, target, number, _, offset, flags = struct.unpack_from("!HHIIBB", packet, start)
    said = packet[start + 4 * (offset >> 4) : length]
    line = frame.source, source, frame.target, target
    return _Segment(line, number, bool(flags & _SYN), said)


def _joined(segments: list[_Segment]) -> bytes:
    """In their order, whatever came twice."""
    (first, *_) = [one.number + 1 for one in segments if one.begins]
    whole = b""
    for place, said in sorted(((one.number - first) % 2**32, one.said) for one in segments):
        if said and place < 2**31:  # not a sign of life, which stands before what was said last
            assert place <= len(whole), f"a gap after {len(whole)} bytes"
            whole = whole[:place] + said + whole[place + len(said) :]
    return whole
