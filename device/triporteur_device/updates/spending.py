"""What a release has cost of the month: a bad link carries the same bytes again and again."""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from triporteur_device.files import read_guest, write_whole
from triporteur_wire.messages import LinkUse
from triporteur_wire.reading import Unreadable, Whole, decode

#: A power cut loses the count of so much, and the card is written to no more often.
_KEEP_EVERY_BYTES = 256_000
_MOST_BYTES = 4_096


class Spent(msgspec.Struct, frozen=True):
    """Of one wish in one month: bytes that came while pieces were asked for.

    `lacked_bytes` is what lacked when that began.
    """

    wish: str = ""
    month: str = ""
    lacked_bytes: Whole = 0
    came_bytes: Whole = 0


_DECODER = msgspec.json.Decoder(Spent)


class Spending:
    """Of one wish; kept in a file, so that who begins anew goes on counting. Use in one thread."""

    def __init__(self, path: Path, wish: str) -> None:
        self._path = path
        self._wish = wish
        self._kept = _read(path)
        self._spent = self._kept
        self._seen_bytes: int | None = None

    def look(self, link: LinkUse, lacking_bytes: int, *, is_asked: bool) -> Spent:
        """Counts what came since the last look, if it was asked for. Raises OSError."""
        if (self._spent.wish, self._spent.month) != (self._wish, link.month):
            self._spent = Spent(self._wish, link.month, lacking_bytes)
        elif is_asked and self._seen_bytes is not None:
            came = max(0, link.received_bytes - self._seen_bytes)
            self._spent = replace(self._spent, came_bytes=self._spent.came_bytes + came)
        self._seen_bytes = link.received_bytes
        if self._is_to_be_kept():
            write_whole(self._path, msgspec.json.encode(self._spent), durable=True)
            self._kept = self._spent
        return self._spent

    def _is_to_be_kept(self) -> bool:
        now, kept = self._spent, self._kept
        is_other = replace(now, came_bytes=0) != replace(kept, came_bytes=0)
        return is_other or now.came_bytes - kept.came_bytes >= _KEEP_EVERY_BYTES


def _read(path: Path) -> Spent:
    try:
        return decode(_DECODER, read_guest(path, _MOST_BYTES))
    except (OSError, Unreadable):
        return Spent()
