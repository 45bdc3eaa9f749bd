"""Daly answers that come as several frames: cells (0x95) and temperatures (0x96).

A part carries its number, from 1, and three cells or seven temperatures. How many of them count is
known from the answer 0x94: what fills the last part is left over from an answer before, and some
boards send parts beyond. Parts are told as they come, as kind "0x95 part"; the one that makes the
set whole is told as kind "0x95" with the payload of the whole set. A set that lost a part gives
nothing.

Before any 0x94 a set ends where its run of numbers does: it is then told as a frame that took no
bytes of its own from the line, for its parts have told theirs.
"""

from collections.abc import Iterator
from typing import NamedTuple

from triporteur_device.protocols.base import Discarded, Event, Fault, Frame
from triporteur_device.protocols.hunting import HuntingDecoder

PART = " part"
_COUNTS = "0x94"
_MOST_CELLS = 48


class _Shape(NamedTuple):
    """Bytes of one value, and of all values in one part."""

    value: int
    part: int


_SHAPES = {"0x95": _Shape(2, 6), "0x96": _Shape(1, 7)}


class SetDecoder:
    """Puts the parts together that `frames` finds; every other event goes through."""

    def __init__(self, frames: HuntingDecoder) -> None:
        self._frames = frames
        #: Bytes of values in a whole set; empty before 0x94.
        self._sizes: dict[str, int] = {}
        self._kind = ""
        self._values = b""
        self._torn = False

    def asked(self, request: bytes) -> None:
        """Nothing: each answer says what it answers."""

    def receive(self, data: bytes) -> list[Event]:
        return [told for event in self._frames.receive(data) for told in self._take(event)]

    def reset(self) -> list[Event]:
        events = [told for event in self._frames.reset() for told in self._take(event)]
        return [*events, *self._end()]

    @property
    def pending(self) -> int:
        return self._frames.pending

    def _take(self, event: Event) -> Iterator[Event]:
        if isinstance(event, Discarded):
            # A whole frame that fails may have been the next part.
            self._torn |= event.fault is Fault.CHECKSUM
            yield event
        elif event.kind in _SHAPES:
            yield from self._take_part(event, _SHAPES[event.kind])
        else:
            yield from self._end()
            self._learn(event)
            yield event

    def _take_part(self, part: Frame, shape: _Shape) -> Iterator[Event]:
        number, values = part.payload[0], part.payload[1 : 1 + shape.part]
        if number == 1:
            yield from self._end()
            self._kind = part.kind
        if part.kind == self._kind and number == len(self._values) // shape.part + 1:
            self._values += values
        else:
            self._forget()
        size = self._sizes.get(part.kind)
        if self._kind and size is not None and len(self._values) >= size:
            yield Frame(part.kind, self._values[:size], part.raw)
            self._forget()
        else:
            yield Frame(part.kind + PART, part.payload, part.raw)

    def _end(self) -> Iterator[Event]:
        if self._kind and not self._torn and self._kind not in self._sizes:
            yield Frame(self._kind, self._values, b"")
        self._forget()

    def _forget(self) -> None:
        self._kind, self._values, self._torn = "", b"", False

    def _learn(self, frame: Frame) -> None:
        if frame.kind == _COUNTS:
            # A board that starts says zeros: it has no cells yet, and none are told.
            counted = frame.payload[:2] if frame.payload[0] <= _MOST_CELLS else bytes(2)
            counts = dict(zip(_SHAPES, counted, strict=True))
            self._sizes = {kind: counts[kind] * _SHAPES[kind].value for kind in _SHAPES}
