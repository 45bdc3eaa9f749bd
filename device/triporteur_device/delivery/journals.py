"""Every journal that a unit delivers: its own, and those of other rooms, each with one writer.

Another room's file may come late, or be set aside and made anew: it is opened when it is there,
and again when it is another one.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from triporteur_device.journal import JournalReader, LogState, Stretch, merged
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack

_log = logging.getLogger(__name__)

_Told = TypeVar("_Told")


class _Other:
    """A journal of another room, as far as it can be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: JournalReader | None = None
        self._seen: tuple[int, int] | None = None
        self._refused = ""

    def reader(self) -> JournalReader | None:
        seen = self._look()
        if seen != self._seen:
            self.close()
            self._seen = seen
        if self._reader is None and seen is not None:
            self._open()
        return self._reader

    def close(self) -> None:
        if self._reader:
            self._reader.close()
        self._reader = None

    def fault(self, error: sqlite3.Error) -> None:
        """It cannot be read now: said once, and tried again."""
        self.close()
        if str(error) != self._refused:
            _log.warning("the journal %s cannot be read (%s); trying again", self._path, error)
        self._refused = str(error)

    def well(self) -> None:
        """It was read."""
        if self._refused:
            _log.info("the journal %s can be read again", self._path)
        self._refused = ""

    def _look(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self._path.stat()
            return found.st_dev, found.st_ino
        return None

    def _open(self) -> None:
        try:
            reader = JournalReader(self._path)
        except sqlite3.Error as error:
            self.fault(error)
            return
        self._reader = reader


class Journals:
    """The logs of all of them. Use in one thread.

    A fault of the own journal is raised (sqlite3.Error); another room's only leaves it out.
    """

    def __init__(self, own: JournalReader, others: Sequence[Path] = ()) -> None:
        self._own = own
        self._others = [_Other(path) for path in others]
        self._where: dict[str, _Other] = {}

    def version(self) -> object:
        """Differs when any of them has new commits."""
        return [self._own.version(), *(_ask(other, _version) for other in self._others)]

    def known(self) -> Ack:
        """The marks as the files have them, under the epoch of the own one."""
        known = _known(self._own)
        for other in self._others:
            found = _ask(other, _known)
            if found and found.epoch == known.epoch:
                known = merged(known, found)
        return known

    def files(self) -> list[list[LogState]]:
        """The logs of each file, in order of succession; the own file is the last.

        The unit's anchors date the others' records too: they are of the same boots.
        """
        own = self._own.logs()
        offsets = {log.boot_no: log.utc_offset_ms for log in own if log.utc_offset_ms is not None}
        found: list[list[LogState]] = []
        for other in self._others:
            logs = _ask(other, JournalReader.logs) or []
            self._where |= {log.log: other for log in logs}
            found.append([replace(log, utc_offset_ms=offsets.get(log.boot_no)) for log in logs])
        return [*found, own]

    def batch(self, stretch: Stretch) -> Batch | None:
        """What follows in a log; None when nothing does, or its file cannot be read now."""
        other = self._where.get(stretch.log)
        return _ask(other, lambda file: file.batch(stretch)) if other else self._own.batch(stretch)

    def oldest_mono_ms(self, log: LogState) -> int | None:
        """When the first record beyond the mark was taken; None when its file says nothing."""
        other = self._where.get(log.log)
        if other is None:
            return self._own.oldest_mono_ms(log)
        return _ask(other, lambda file: file.oldest_mono_ms(log))

    def close(self) -> None:
        for other in self._others:
            other.close()
        self._own.close()


def _ask(other: _Other, question: Callable[[JournalReader], _Told]) -> _Told | None:
    reader = other.reader()
    if reader is None:
        return None
    try:
        told = question(reader)
    except sqlite3.Error as error:
        other.fault(error)
        return None
    other.well()
    return told


def _version(journal: JournalReader) -> tuple[int, int]:
    return id(journal), journal.version()


def _known(journal: JournalReader) -> Ack:
    return Ack(journal.epoch() or "", {log.log: log.mark for log in journal.logs()})
