"""Answers units that fetch a release piece by piece: at once, and not as fast as they like."""

import logging
import os
import time
from collections.abc import Callable

from triporteur_depot.releases.kept import Kept
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer
from triporteur_wire.requests import Piece, PieceRequest, decode_piece_request, encode_piece

_log = logging.getLogger(__name__)

#: A question is a nonce, a digest and two numbers.
_LONGEST_BYTES = 1_000
#: To each unit: a release of today at once, then as much as a good 4G line carries. A unit asks
#: for one at a time; who asks faster than he listens would fill the broker's queue.
_AT_ONCE, _PER_S = 200, 20
#: More names than a fleet has units: whoever invents names is not remembered beyond this.
_REMEMBERED = 10_000


class Pieces:
    """Of the releases that are kept; called by one thread."""

    def __init__(self, kept: Kept, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._kept = kept
        self._monotonic_s = monotonic_s
        self._begins: dict[str, int] = {}
        self._allowed: dict[str, tuple[float, float]] = {}
        self._failing = False

    def answer(self, unit: str, question: bytes) -> bytes | None:
        """The answer, or None: it is no question, it comes too soon, or the disk refuses.

        An answer without bytes says that the depot does not have them.
        """
        if len(question) > _LONGEST_BYTES or not self._is_allowed(unit):
            return None
        try:
            asked = decode_piece_request(question)
            return encode_piece(Piece(asked.nonce, self._read(asked)))
        except Unreadable:
            return None
        except OSError as error:
            self._note(str(error))
            return None

    def _read(self, asked: PieceRequest) -> bytes:
        try:
            with self._kept.path(asked.release).open("rb") as file:
                if asked.release not in self._begins:
                    self._begins[asked.release] = len(Offer.read(file).text)
                place = self._begins[asked.release] + asked.offset
                file.seek(min(place, os.fstat(file.fileno()).st_size))
                data = file.read(asked.count)
        except FileNotFoundError:
            data = b""
        self._note("")
        return data

    def _is_allowed(self, unit: str) -> bool:
        now_s = self._monotonic_s()
        if unit not in self._allowed and len(self._allowed) >= _REMEMBERED:
            self._allowed.clear()
        left, since_s = self._allowed.get(unit, (_AT_ONCE, now_s))
        left = min(_AT_ONCE, left + (now_s - since_s) * _PER_S)
        self._allowed[unit] = (left - 1 if left >= 1 else left), now_s
        return left >= 1

    def _note(self, fault: str) -> None:
        if fault and not self._failing:
            _log.error("a release cannot be read (%s); units ask again", fault)
        elif self._failing and not fault:
            _log.info("releases can be read again")
        self._failing = bool(fault)
