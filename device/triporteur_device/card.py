"""Committing to the card: a refusal is said once, and nothing buffered is lost by it."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triporteur_device.config import JOURNAL_NAME
from triporteur_device.crew import CrewFailed
from triporteur_device.files import write_whole
from triporteur_device.journal import NOTHING, Unkept, is_damage
from triporteur_device.journal.schema import open_owned
from triporteur_device.storage import Storage
from triporteur_wire.messages import Card

_log = logging.getLogger(__name__)

#: How often a unit that lives in memory looks whether its card can be used again.
_PROBE_MS = 600_000
#: How often a card that refuses is asked again, and for how long.
_RETRY_S = 10.0
_PATIENCE_MS = 60_000


class JournalFault(RuntimeError):
    """The agent cannot go on with the journal at `path`; `unkept` is what it did not take."""

    def __init__(self, said: str, path: Path) -> None:
        super().__init__(said)
        self.path = path
        self.unkept: Unkept = NOTHING


class JournalDamaged(JournalFault):
    """The journal's file is damaged: it must be opened again, and is then set aside."""


class CardRefuses(JournalFault):
    """The storage refuses for good: the journal must go on elsewhere."""


class CardKeeper:
    """Commits the journal, and knows how its storage fares."""

    def __init__(self, storage: Storage, now_ms: int) -> None:
        self._storage = storage
        self._error = ""
        self._obeyed_ms = now_ms
        self._committed_ms = now_ms
        self._probed_ms = now_ms

    @property
    def durable(self) -> bool:
        """Whether what is recorded now outlives a power cut."""
        return self._storage.durable and not self._error

    @property
    def refuses(self) -> bool:
        return bool(self._error)

    def state(self) -> Card:
        return self._storage.card(self._error)

    def is_due(self, now_ms: int, every_s: float) -> bool:
        """Whether the last commit is `every_s` ago; one that was refused is soon tried again."""
        after_s = min(every_s, _RETRY_S) if self._error else every_s
        return now_ms - self._committed_ms >= after_s * 1000

    def commit(self, now_ms: int) -> bool:
        """Commits what is buffered; False when the storage refuses.

        Raises JournalDamaged, and CardRefuses when the card did so for a minute.
        """
        self._committed_ms = now_ms
        try:
            self._storage.writer.commit()
        except sqlite3.OperationalError as error:
            self._note_refusal(error, now_ms)
            return False
        except sqlite3.DatabaseError as error:
            raise _fault(error, self._storage.path) from error
        if self._error:
            _log.info("the journal can be written again")
        self._error = ""
        return True

    def is_mended(self, now_ms: int) -> bool:
        """Whether a card that could not be used when the agent started can be used now."""
        if self._storage.durable or now_ms - self._probed_ms < _PROBE_MS:
            return False
        self._probed_ms = now_ms
        return _can_be_used(self._storage.card_folder)

    def _note_refusal(self, error: sqlite3.Error, now_ms: int) -> None:
        if not self._error:
            _log.error("the journal cannot be written (%s); kept in memory", error)
            self._obeyed_ms = now_ms
        self._error = str(error)
        if self._storage.durable and now_ms - self._obeyed_ms >= _PATIENCE_MS:
            raise CardRefuses(str(error), self._storage.path) from error


@contextmanager
def journal_faults(storage: Storage) -> Iterator[None]:
    """Raises JournalDamaged or CardRefuses in place of what SQLite said, to whoever it said it.

    What is still buffered goes along: several parts may meet with one fault, and only here is it
    known that none of them goes on.
    """
    try:
        yield
    except (JournalFault, sqlite3.Error, CrewFailed) as error:
        cause = error.__cause__ if isinstance(error, CrewFailed) else error
        if isinstance(cause, sqlite3.Error) and not isinstance(cause, sqlite3.ProgrammingError):
            cause = _fault(cause, storage.path)
        if not isinstance(cause, JournalFault):
            raise
        cause.unkept = storage.writer.take_unkept()
        raise cause from error.__cause__


def _fault(error: sqlite3.Error, path: Path) -> JournalFault:
    return (JournalDamaged if is_damage(error) else CardRefuses)(str(error), path)


def _can_be_used(folder: Path) -> bool:
    """Whether the storage takes a small file now, and the journal on it would open."""
    try:
        write_whole(folder / "probe", bytes(4096), durable=True)
        (folder / "probe").unlink()
        open_owned(folder / JOURNAL_NAME).close()
    except OSError:
        return False
    except sqlite3.Error as error:
        return is_damage(error)  # it would be set aside
    return True
