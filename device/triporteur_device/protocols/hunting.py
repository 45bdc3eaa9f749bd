"""The decoder of protocols whose frames open with a header that tells their length.

Strategy: find a header, wait for as many bytes as it announces, check. A frame that fails gives up
one byte only, its first, and the hunt goes on just behind: a false header never swallows a good
frame. Bytes given up one after the other are told as one event, named after the fault that
opened the run.
"""

import re
from collections.abc import Callable

from triporteur_device.protocols.base import Discarded, Event, Fault, Frame

#: Longest run of discarded bytes told as one event; bounds what a stream of pure noise can hold.
MAX_RUN = 256


class HuntingDecoder:
    """Frames out of any bytes, every byte accounted for and in order.

    Args:
        header: Matches a header, and also the beginning of one at the very end of the bytes.
        size: Length of the frame that starts at an offset; while the bytes that tell it are
            missing, the shortest length possible.
        check: The frame made of these bytes, or what is wrong with them.
    """

    def __init__(
        self,
        header: re.Pattern[bytes],
        size: Callable[[bytes, int], int],
        check: Callable[[bytes], Frame | Fault],
    ) -> None:
        self._header = header
        self._size = size
        self._check = check
        self._held = b""
        self._run = bytearray()
        self._fault = Fault.NOISE

    def asked(self, request: bytes) -> None:
        """Nothing: each answer says what it answers."""

    def receive(self, data: bytes) -> list[Event]:
        return self._hunt(data, ended=False)

    def reset(self) -> list[Event]:
        events = self._hunt(b"", ended=True)
        self._tell_run(events)
        return events

    @property
    def pending(self) -> int:
        return len(self._held) + len(self._run)

    def _hunt(self, data: bytes, *, ended: bool) -> list[Event]:
        events: list[Event] = []
        held, at = self._held + data, 0
        while header := self._header.search(held, at):
            self._drop(held[at : header.start()], events)
            at = header.start()
            outcome = self._judge(held, at, ended)
            if outcome is None:
                break
            if isinstance(outcome, Frame):
                self._tell_run(events)
                events.append(outcome)
                at += len(outcome.raw)
            else:
                self._tell_run(events, then=outcome)
                self._drop(held[at : at + 1], events)
                at += 1
        else:
            self._drop(held[at:], events)
            at = len(held)
        self._held = held[at:]
        return events

    def _judge(self, held: bytes, start: int, ended: bool) -> Frame | Fault | None:
        end = start + self._size(held, start)
        if end <= len(held):
            return self._check(held[start:end])
        return Fault.TRUNCATED if ended else None

    def _drop(self, junk: bytes, events: list[Event]) -> None:
        self._run += junk
        while len(self._run) >= MAX_RUN:
            self._tell_run(events)

    def _tell_run(self, events: list[Event], then: Fault = Fault.NOISE) -> None:
        if self._run:
            events.append(Discarded(self._fault, bytes(self._run[:MAX_RUN])))
            del self._run[:MAX_RUN]
        self._fault = then
