"""Answers what UTC it is: at once, and to each unit once a second at the most."""

import time
from collections.abc import Callable

from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import TimeResponse, decode_time_request, encode

#: A question is a nonce of 16 digits and its key.
_LONGEST_BYTES = 1_000
_BETWEEN_S = 1.0
#: More names than a fleet has units: whoever invents names is not remembered beyond this.
_REMEMBERED = 10_000


class Timekeeper:
    """`utc_ms` gives None while the depot's clock is not to be told.

    `authorities` gives the checksum that an answer carries: see `wire.requests.TimeResponse`.
    """

    def __init__(
        self,
        utc_ms: Callable[[], int | None],
        authorities: Callable[[], str],
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._utc_ms = utc_ms
        self._authorities = authorities
        self._monotonic_s = monotonic_s
        self._answered_s: dict[str, float] = {}

    def answer(self, unit: str, question: bytes) -> bytes | None:
        """The answer, or None: it is no question, it comes too soon, or nobody knows the time."""
        if len(question) > _LONGEST_BYTES or not self._is_due(unit):
            return None
        try:
            asked = decode_time_request(question)
        except Unreadable:
            return None
        now_ms = self._utc_ms()
        if now_ms is None:
            return None
        return encode(TimeResponse(asked.nonce, now_ms, self._authorities()))

    def _is_due(self, unit: str) -> bool:
        now_s = self._monotonic_s()
        last_s = self._answered_s.get(unit)
        if last_s is not None and now_s - last_s < _BETWEEN_S:
            return False
        if last_s is None and len(self._answered_s) >= _REMEMBERED:
            self._answered_s.clear()
        self._answered_s[unit] = now_s
        return True
