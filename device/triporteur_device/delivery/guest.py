"""A journal that another process writes, or wrote, read as if that had been taken over.

It may come late, be set aside and made anew, or hold anything: it is opened when it is there, and
again when it is another file; what it says is checked, and reading it has an end. A fault leaves
it out for a while, and holds nobody up.
"""

import logging
import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from triporteur_device.journal import JournalReader, LogState, Stretch
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack
from triporteur_wire.records import EVENT, LOSS, OPEN, USAGE

_log = logging.getLogger(__name__)

Told = TypeVar("Told")

_LEFT_OUT_MS = 60_000
#: What a room may say: no room but the agent's knows a battery, or the time.
OF_A_ROOM = frozenset({OPEN, USAGE, EVENT, LOSS})
_LOG = re.compile(r"[0-9a-f]{16}")
_WHOLE = range(2**53)


class Untrue(ValueError):
    """What the file says cannot be."""


class Guest:
    """The journal at `path`, as far as it can be read and believed.

    `kinds` are those that its records may be of; None is any, for a file of the agent's own.
    """

    def __init__(
        self, path: Path, mono_ms: Callable[[], int], kinds: frozenset[str] | None
    ) -> None:
        self._path = path
        self._kinds = kinds
        self._mono_ms = mono_ms
        self._reader: JournalReader | None = None
        self._renew: Callable[[], None] = lambda: None
        self._seen: tuple[int, int] | None = None
        self._left_out_until_ms = 0
        self._told = ""

    def version(self) -> object:
        """Differs when the file has new commits, or is another one."""
        return self._seen, self._ask(JournalReader.version)

    def known(self) -> Ack | None:
        """The marks as the file has them."""
        return self._ask(_known)

    def logs(self) -> list[LogState]:
        """Its logs, in order of succession; none while it is left out."""
        return self._ask(_logs) or []

    def batch(self, stretch: Stretch) -> Batch | None:
        """What follows in a log; None when nothing does that can be read and believed."""
        found = self._ask(lambda reader: self._batch(reader, stretch))
        if found and self._told:
            _log.info("the journal %s can be read again", self._path)
            self._told = ""
        return found

    def oldest_mono_ms(self, log: LogState) -> int | None:
        """When the first record beyond the mark was taken."""
        return self._ask(lambda reader: reader.oldest_mono_ms(log))

    def close(self) -> None:
        if self._reader:
            self._reader.close()
        self._reader = None

    def _batch(self, reader: JournalReader, stretch: Stretch) -> Batch | None:
        found = reader.batch(stretch)
        for record in found.records if found else ():
            if self._kinds is not None and record.kind not in self._kinds:
                raise Untrue(f"a record of kind {record.kind!r} is none of this room's")
            if not _is_whole(record.mono_ms):
                raise Untrue(f"record {record.seq} has no time")
        return found

    def _ask(self, question: Callable[[JournalReader], Told]) -> Told | None:
        try:
            reader = self._open()
            return question(reader) if reader else None
        except (sqlite3.Error, Untrue, ValueError, TypeError, OverflowError) as error:
            self._leave_out(str(error))
            return None

    def _open(self) -> JournalReader | None:
        """The reader of the file that is there now. Raises sqlite3.Error or Untrue."""
        seen = self._look()
        if seen != self._seen:
            self.close()
            self._seen, self._left_out_until_ms = seen, 0
        if seen is None or self._mono_ms() < self._left_out_until_ms:
            return None
        if self._reader is None:
            self._reader = JournalReader(self._path)
            self._renew = self._reader.distrust()
        self._renew()
        if self._reader.is_blank():
            self.close()
        return self._reader

    def _look(self) -> tuple[int, int] | None:
        with suppress(OSError):
            found = self._path.stat()
            return found.st_dev, found.st_ino
        return None

    def _leave_out(self, why: str) -> None:
        self.close()
        self._left_out_until_ms = self._mono_ms() + _LEFT_OUT_MS
        if not self._told:
            _log.warning("the journal %s cannot be read (%s); trying again", self._path, why)
        self._told = why


def _known(reader: JournalReader) -> Ack:
    epoch = reader.epoch() or ""
    if not _is_text(epoch):
        raise Untrue("its epoch is no text")
    return Ack(epoch, {log.log: log.mark for log in _logs(reader)})


def _logs(reader: JournalReader) -> list[LogState]:
    logs = reader.logs()
    for log in logs:
        numbers = (log.boot_no, log.last_seq, log.mark, log.given_up)
        if not (_is_text(log.log) and _LOG.fullmatch(log.log)):
            raise Untrue("a log has no name of a log")
        if not all(map(_is_whole, numbers)):
            raise Untrue(f"log {log.log} is no log")
    return logs


# Columns of SQLite hold whatever was put there.


def _is_whole(found: object) -> bool:
    return isinstance(found, int) and found in _WHOLE


def _is_text(found: object) -> bool:
    return isinstance(found, str)
