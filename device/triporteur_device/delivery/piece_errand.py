"""A piece of a release, now and then: one question at a time, behind all that lives.

What is wanted is said in one thread, and asked in the publisher's. A piece that came is followed by
a pause that leaves the others their share of the link's time. A question without an answer is
asked again, ever more rarely, and under the same nonce: an answer that is late counts. How long an
answer took says how long the next one may take. One that the depot has no bytes for is asked again
in an hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import PieceRequest, decode_piece, encode, new_nonce
from triporteur_wire.topics import Verb

_PATIENCE_MS = 30_000
#: No link takes longer for an answer; where none ever holds so long, a question may be lost.
_LONGEST_ANSWER_MS = 600_000
_LONGEST_MS = 3_600_000
_LONGEST_REST_MS = 30_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """`count` bytes of the packed parts of a release, which its manifest's digest names.

    What is known of one `wish` (that the depot does not answer, say) says nothing of another.
    """

    wish: str
    release: str
    offset: int
    count: int


class Came(NamedTuple):
    """What was wanted, and its bytes: none where the depot has none."""

    stretch: Stretch
    data: bytes


class PieceErrand:
    """`on_piece` is given what came, in the publisher's thread.

    `share` is the part of its time that the link may be busy with pieces, up to 1; `gives_way` is
    whether something else is under way that goes first.
    """

    verb = Verb.RELEASE

    def __init__(
        self,
        on_piece: Callable[[Came], None],
        gives_way: Callable[[], bool],
        share: float = 1.0,
    ) -> None:
        self._on_piece = on_piece
        self._gives_way = gives_way
        self._share = share
        self._wanted: Stretch | None = None
        self._asked: Stretch | None = None
        self._answered: Stretch | None = None
        self._first_ms = 0
        self._asked_ms = 0
        self._again_ms = 0
        self._back_ms: int | None = None
        self._is_new = False
        self._nonce = ""
        self._not_before_ms = 0
        self._patience_ms = _PATIENCE_MS
        self._pause_ms = _PATIENCE_MS

    def want(self, stretch: Stretch | None) -> None:
        """What to ask for, once; None for nothing. For another thread."""
        self._wanted = stretch

    def connected(self) -> None:
        """What was asked may be answered all the same: the broker keeps it for this unit."""
        self._is_new = True

    def due(self, mono_ms: int) -> bytes | None:
        if self._is_new:
            self._begin_anew(mono_ms)
        wanted = self._wanted
        if wanted is None or wanted is self._answered:
            return None
        if mono_ms < self._due_ms(wanted) or self._gives_way():
            return None
        self._note(wanted, mono_ms)
        return encode(PieceRequest(self._nonce, wanted.release, wanted.offset, wanted.count))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the answer to the last question; another one is passed over. Raises Unreadable.

        Less than was asked for is nothing: who gave it, gives a byte at a time.
        """
        piece, asked = decode_piece(payload), self._asked
        if piece.nonce != self._nonce or asked is None:
            return
        if len(piece.data) > asked.count:
            raise Unreadable(f"{len(piece.data)} bytes; {asked.count} were asked for")
        data = piece.data if len(piece.data) == asked.count else b""
        took_ms = mono_ms - self._first_ms
        self._nonce, self._answered = "", asked
        self._patience_ms = min(max(2 * took_ms, _PATIENCE_MS), _LONGEST_ANSWER_MS)
        self._not_before_ms = mono_ms + self._rest_ms(took_ms, is_there=bool(data))
        self._on_piece(Came(asked, data))

    def _begin_anew(self, mono_ms: int) -> None:
        """What the broker kept has its time to come, on this connection."""
        self._is_new = False
        self._pause_ms = self._patience_ms
        self._back_ms = mono_ms if self._back_ms is None else self._back_ms
        latest_ms = max(mono_ms, self._back_ms + _LONGEST_ANSWER_MS)
        self._again_ms = min(mono_ms + self._patience_ms, latest_ms)

    def _note(self, wanted: Stretch, mono_ms: int) -> None:
        is_again = bool(self._nonce) and self._is_of_one_wish(wanted)
        self._pause_ms = min(2 * self._pause_ms, _LONGEST_MS) if is_again else self._patience_ms
        if not self._nonce or wanted != self._asked:
            self._nonce, self._first_ms = new_nonce(), mono_ms
        self._asked, self._asked_ms, self._back_ms = wanted, mono_ms, None
        self._again_ms = mono_ms + self._pause_ms

    def _due_ms(self, wanted: Stretch) -> int:
        """One question at a time, whatever the wish."""
        is_of_one_wish = self._is_of_one_wish(wanted)
        if self._nonce:
            soonest_ms = self._asked_ms + _PATIENCE_MS
            return self._again_ms if is_of_one_wish else min(self._again_ms, soonest_ms)
        return self._not_before_ms if is_of_one_wish else 0

    def _is_of_one_wish(self, wanted: Stretch) -> bool:
        return self._asked is not None and wanted.wish == self._asked.wish

    def _rest_ms(self, took_ms: int, *, is_there: bool) -> int:
        if not is_there:
            return _LONGEST_MS
        return min(round(took_ms * (1 - self._share) / self._share), _LONGEST_REST_MS)
