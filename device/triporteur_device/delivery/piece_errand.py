"""A piece of a release, now and then: one question at a time, behind all that lives.

What is wanted is said in one thread, and asked in the publisher's. A piece that came is followed by
a pause that leaves the others their share of the link's time. A question without an answer is
asked again, ever more rarely; one that the depot has no bytes for, in an hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import PieceRequest, decode_piece, encode, new_nonce
from triporteur_wire.topics import Verb

_PATIENCE_MS = 30_000
#: What the broker kept of an answer comes at once.
_SOON_MS = 5_000
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
        self._asked_ms = 0
        self._again_ms = 0
        self._is_new = False
        self._nonce = ""
        self._not_before_ms = 0
        self._patience_ms = _PATIENCE_MS

    def want(self, stretch: Stretch | None) -> None:
        """What to ask for, once; None for nothing. For another thread."""
        self._wanted = stretch

    def connected(self) -> None:
        """What was asked may be answered all the same: the broker keeps it for this unit."""
        self._patience_ms, self._is_new = _PATIENCE_MS, True

    def due(self, mono_ms: int) -> bytes | None:
        if self._is_new:
            self._again_ms, self._is_new = min(self._again_ms, mono_ms + _SOON_MS), False
        wanted = self._wanted
        if wanted is None or wanted is self._answered:
            return None
        if mono_ms < self._due_ms(wanted) or self._gives_way():
            return None
        is_again = bool(self._nonce) and self._is_of_one_wish(wanted)
        self._patience_ms = min(2 * self._patience_ms, _LONGEST_MS) if is_again else _PATIENCE_MS
        self._asked, self._asked_ms, self._nonce = wanted, mono_ms, new_nonce()
        self._again_ms = mono_ms + self._patience_ms
        return encode(PieceRequest(self._nonce, wanted.release, wanted.offset, wanted.count))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the answer to the last question; another one is passed over. Raises Unreadable."""
        piece, asked = decode_piece(payload), self._asked
        if piece.nonce != self._nonce or asked is None:
            return
        if len(piece.data) > asked.count:
            raise Unreadable(f"{len(piece.data)} bytes; {asked.count} were asked for")
        self._nonce, self._answered = "", asked
        self._not_before_ms = mono_ms + self._rest_ms(mono_ms, is_there=bool(piece.data))
        self._on_piece(Came(asked, piece.data))

    def _due_ms(self, wanted: Stretch) -> int:
        """One question at a time, whatever the wish."""
        is_of_one_wish = self._is_of_one_wish(wanted)
        if self._nonce:
            soonest_ms = self._asked_ms + _PATIENCE_MS
            return self._again_ms if is_of_one_wish else min(self._again_ms, soonest_ms)
        return self._not_before_ms if is_of_one_wish else 0

    def _is_of_one_wish(self, wanted: Stretch) -> bool:
        return self._asked is not None and wanted.wish == self._asked.wish

    def _rest_ms(self, mono_ms: int, *, is_there: bool) -> int:
        if not is_there:
            return _LONGEST_MS
        took_ms = mono_ms - self._asked_ms
        return min(round(took_ms * (1 - self._share) / self._share), _LONGEST_REST_MS)
