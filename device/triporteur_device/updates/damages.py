"""Which parts of what the depot sends were damaged, and how often: none must come for ever."""

import logging
from collections import Counter
from pathlib import Path

import msgspec

from triporteur_device.files import read_guest, write_whole
from triporteur_device.updates.refused import Refused
from triporteur_wire.reading import Unreadable, decode
from triporteur_wire.releases import MAX_PARTS, Part

_log = logging.getLogger(__name__)

_MOST = 3
_MOST_BYTES = _MOST * MAX_PARTS * 210


class _Count(msgspec.Struct, frozen=True):
    wish: str
    parts: tuple[str, ...] = ()


_DECODER = msgspec.json.Decoder(_Count)


class Damages:
    """Of one wish; kept in a file, so that who begins anew goes on counting."""

    def __init__(self, path: Path, wish: str) -> None:
        self._path = path
        found = _read(path)
        self._count = found if found and found.wish == wish else _Count(wish)

    def add(self, part: Part) -> None:
        """Raises OSError."""
        self._count = _Count(self._count.wish, (*self._count.parts, part.name))
        _log.warning("release: %s came damaged (%d)", part.name, self._count.parts.count(part.name))
        write_whole(self._path, msgspec.json.encode(self._count), durable=True)

    def check(self) -> None:
        """Raises Refused once a part was it too often."""
        for name, times in Counter(self._count.parts).most_common(1):
            if times >= _MOST:
                raise Refused(f"its part {name} came damaged {_MOST} times: send it again")


def _read(path: Path) -> _Count | None:
    try:
        return decode(_DECODER, read_guest(path, _MOST_BYTES))
    except (OSError, Unreadable):
        return None
