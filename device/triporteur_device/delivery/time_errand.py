"""What UTC is it? Asked of the depot on every connection, and every hour.

The answer was true somewhere between question and answer: half the round trip is its error.
"""

from collections.abc import Callable

from triporteur_device.clock import WallTime
from triporteur_wire.requests import TimeRequest, decode_time_response, encode, new_nonce
from triporteur_wire.topics import Verb

_EVERY_MS = 3_600_000
_AGAIN_MS = 30_000
#: An answer that took longer says little, and was perhaps held somewhere.
_SLOWEST_MS = 10_000


class TimeErrand:
    """`on_time` is given what the depot says; `on_authorities` whom it certifies by, or empty."""

    verb = Verb.TIME

    def __init__(
        self, on_time: Callable[[WallTime], None], on_authorities: Callable[[str], None]
    ) -> None:
        self._on_time = on_time
        self._on_authorities = on_authorities
        self._nonce = ""
        self._asked_ms = 0
        self._next_ms = 0

    def connected(self) -> None:
        self._nonce, self._next_ms = "", 0

    def due(self, mono_ms: int) -> bytes | None:
        if mono_ms < self._next_ms:
            return None
        self._nonce, self._asked_ms = new_nonce(), mono_ms
        self._next_ms = mono_ms + _AGAIN_MS
        return encode(TimeRequest(self._nonce))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the answer to the last question; another one is passed over. Raises Unreadable."""
        told = decode_time_response(payload)
        took_ms = mono_ms - self._asked_ms
        if told.nonce != self._nonce or took_ms > _SLOWEST_MS:
            return
        self._nonce = ""
        self._next_ms = mono_ms + _EVERY_MS
        half_ms = took_ms // 2
        self._on_time(WallTime(self._asked_ms + half_ms, told.utc_ms, half_ms + 1, "depot"))
        self._on_authorities(told.authorities)
