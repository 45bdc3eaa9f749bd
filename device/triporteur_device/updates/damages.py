"""How often a part of what the depot sends was damaged: it must not come for ever."""

import logging
from pathlib import Path

import msgspec

from triporteur_device.files import read_guest, write_whole
from triporteur_device.updates.refused import Refused
from triporteur_wire.reading import Unreadable, Whole, decode
from triporteur_wire.releases import Part

_log = logging.getLogger(__name__)

_MOST = 3
_MOST_BYTES = 4_096


class _Count(msgspec.Struct, frozen=True):
    wish: str
    times: Whole
    part: str = ""


_DECODER = msgspec.json.Decoder(_Count)


class Damages:
    """Of one wish; kept in a file, so that who begins anew goes on counting."""

    def __init__(self, path: Path, wish: str) -> None:
        self._path = path
        found = _read(path)
        self._count = found if found and found.wish == wish else _Count(wish, 0)

    def add(self, part: Part) -> None:
        """Raises OSError."""
        self._count = _Count(self._count.wish, self._count.times + 1, part.name)
        _log.warning("release: %s came damaged (%d)", part.name, self._count.times)
        write_whole(self._path, msgspec.json.encode(self._count), durable=True)

    def check(self) -> None:
        """Raises Refused once it was too often."""
        if self._count.times >= _MOST:
            raise Refused(f"its part {self._count.part} came damaged {_MOST} times: send it again")


def _read(path: Path) -> _Count | None:
    try:
        return decode(_DECODER, read_guest(path, _MOST_BYTES))
    except (OSError, Unreadable):
        return None
