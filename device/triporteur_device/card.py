"""Committing to the card: a refusal is said once, and nothing buffered is lost by it."""

import logging
import sqlite3

from triporteur_device.storage import Storage, can_be_written
from triporteur_wire.messages import Card

_log = logging.getLogger(__name__)

#: How often a unit that lives in memory looks whether its card can be used again.
_PROBE_MS = 600_000


class JournalDamaged(RuntimeError):
    """The journal's file is damaged: it must be opened again, and is then set aside."""


class CardKeeper:
    """Commits the journal, and knows how its storage fares."""

    def __init__(self, storage: Storage, now_ms: int) -> None:
        self._storage = storage
        self._error = ""
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
        """Whether the last commit is `every_s` ago."""
        return now_ms - self._committed_ms >= every_s * 1000

    def commit(self, now_ms: int) -> bool:
        """Commits what is buffered; False when the storage refuses. Raises JournalDamaged."""
        self._committed_ms = now_ms
        try:
            self._storage.writer.commit()
        except sqlite3.OperationalError as error:
            self._note(str(error))
            return False
        except sqlite3.DatabaseError as error:
            raise JournalDamaged(f"the journal is damaged ({error})") from error
        self._note("")
        return True

    def is_mended(self, now_ms: int) -> bool:
        """Whether a card that could not be used when the agent started can be used now."""
        if self._storage.durable or now_ms - self._probed_ms < _PROBE_MS:
            return False
        self._probed_ms = now_ms
        return can_be_written(self._storage.card_folder)

    def _note(self, error: str) -> None:
        if error and not self._error:
            _log.error("the journal cannot be written (%s); kept in memory", error)
        elif self._error and not error:
            _log.info("the journal can be written again")
        self._error = error
