"""What a storage card keeps when its power goes: everything synced, and any part of the rest.

A model in memory of one flat folder. Writes are held per file until that file is synced; names
that were made, moved or removed are held until anything is synced, as a journalling file system
commits them. A cut keeps a prefix of the names, and of the writes any sectors it likes.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR_BYTES = 512

#: Bytes at an offset, or a new length.
Change = tuple[int, bytes] | int


@dataclass(slots=True, eq=False)
class File:
    """What the running system sees, what the medium holds, and the changes between the two."""

    content: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def change(self, change: Change) -> None:
        _apply(self.content, change)
        self.pending.append(change)

    def sync(self) -> None:
        for change in self.pending:
            _apply(self.durable, change)
        self.pending.clear()


class Medium:
    """The folder. `names` is what the running system sees."""

    def __init__(self) -> None:
        self.names: dict[str, File] = {}
        self._history: list[dict[str, File]] = [{}]

    @classmethod
    def of(cls, folder: Path) -> "Medium":
        """What a folder holds, all of it durable."""
        medium = cls()
        for path in folder.iterdir():
            content = path.read_bytes()
            medium.names[path.name] = File(bytearray(content), bytearray(content))
        medium.sync_names()
        return medium

    def create(self, name: str) -> File:
        self.names[name] = made = File()
        self._note_names()
        return made

    def rename(self, old: str, new: str) -> None:
        """Raises KeyError when there is no such file."""
        self.names[new] = self.names.pop(old)
        self._note_names()

    def unlink(self, name: str) -> None:
        """Raises KeyError when there is no such file."""
        del self.names[name]
        self._note_names()

    def sync(self, file: File) -> None:
        file.sync()
        self.sync_names()

    def sync_names(self) -> None:
        self._history = [dict(self.names)]

    def cut(self, dice: random.Random) -> dict[str, bytes]:
        """What is found afterwards."""
        return {name: _remains(file, dice) for name, file in dice.choice(self._history).items()}

    def _note_names(self) -> None:
        self._history.append(dict(self.names))


def _remains(file: File, dice: random.Random) -> bytes:
    """The durable content, with some sectors of what was on its way."""
    found = bytearray(file.durable)
    luck = dice.choice((0.0, 0.5, 0.9, 1.0))
    for change in file.pending:
        if dice.random() > luck:
            continue
        if isinstance(change, int):
            _apply(found, change)
            continue
        sectors = list(_sectors(*change))
        kept = sectors[: dice.randint(0, len(sectors))]
        if dice.random() < 0.5:
            kept = [sector for sector in sectors if dice.random() < 0.5]
        for sector in kept:
            _apply(found, sector)
    return bytes(found)


def _sectors(offset: int, written: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(written):
        size = SECTOR_BYTES - (offset + at) % SECTOR_BYTES
        yield offset + at, written[at : at + size]
        at += size


def _apply(content: bytearray, change: Change) -> None:
    if isinstance(change, int):
        del content[change:]
        content.extend(bytes(change - len(content)))
        return
    offset, written = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written
