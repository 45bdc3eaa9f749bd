"""Where the journal lives: on the card, or in memory while the card cannot be used.

A unit whose card is full, read-only or broken still reads its battery, shows it to the mediator
and tells the depot. What it records then lives until the next power cut, and its status says so.
"""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from triporteur_device.boots import boot_number, boot_number_apart
from triporteur_device.clock import boot_id
from triporteur_device.config import JOURNAL_NAME, DeviceConfig
from triporteur_device.journal import JournalReader, JournalWriter, highest_boot, is_damage
from triporteur_device.legacy import Legacy
from triporteur_wire.messages import Ack, Card

_log = logging.getLogger(__name__)

_BOOT = "boot.json"
#: Held by the agent that has the journal, as long as it has it.
LOCK_NAME = "agent.lock"
#: Ten minutes of a riding trike.
_MARKS_EVERY_COMMITS = 60
#: A tenth of what a Pi of 512 MB has left beside everything else.
_MEMORY_BUDGET_BYTES = 16_000_000
_NOTHING_LEFT = Legacy()


class AlreadyRunning(RuntimeError):
    """Another agent has this journal: two would throw each other off the broker for ever."""


@dataclass(frozen=True, slots=True)
class Storage:
    """An open journal, its two ends, and whether it outlives a power cut.

    `card_folder` is where the journal should be, `refusal` why it is not; empty when it is. `lock`
    is held as long as the journal is open: one agent a journal.
    """

    path: Path
    card_folder: Path
    writer: JournalWriter
    reader: JournalReader
    boot_no: int
    refusal: str
    lock: BinaryIO

    @property
    def durable(self) -> bool:
        return not self.refusal

    def card(self, error: str) -> Card:
        """What the journal takes of the storage that it lies on, and what is left.

        `error` is what the storage answers now, empty while it obeys.
        """
        return Card(_used_bytes(self.path), _free_bytes(self.path.parent), error or self.refusal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Commits what is buffered and lets the journal go; says what was not taken any more."""
        try:
            self.writer.close()
        except sqlite3.Error as error:
            if self.writer.buffered:
                _log.error(
                    "the journal does not take the last records (%s): %d are not kept",
                    error,
                    self.writer.buffered,
                )
        finally:
            self.lock.close()


def open_storage(
    config: DeviceConfig, mono_ms: Callable[[], int], version: str, left: Legacy = _NOTHING_LEFT
) -> Storage:
    """Opens the journal on the card, or else in memory, beside the snapshot.

    Raises OSError or sqlite3.Error when neither can be used, AlreadyRunning when another agent
    uses it.
    """
    opening = _Opening(config, mono_ms(), version, left)
    refusal = left.refusal
    if not refusal:
        try:
            return opening.on_card()
        except (OSError, sqlite3.Error) as error:
            refusal = str(error)
    _log.error(
        "the journal in %s cannot be used (%s): free or mend the storage; until then records "
        "are kept in memory only",
        config.journal.directory,
        refusal,
    )
    return opening.in_memory(refusal)


def memory_path(config: DeviceConfig) -> Path:
    """Where the journal lies while the card cannot be used."""
    return Path(config.snapshot.path).parent / JOURNAL_NAME


@dataclass(frozen=True, slots=True)
class _Opening:
    config: DeviceConfig
    mono_ms: int
    version: str
    left: Legacy

    def on_card(self) -> Storage:
        path = self.config.journal_path
        lock = _lock(path.parent)
        try:
            boot_no = boot_number(path.with_name(_BOOT), boot_id(), highest_boot(path))
            budget_bytes = self.config.journal.budget_mb * 1_000_000
            writer = self._writer(path, boot_no, budget_bytes, _MARKS_EVERY_COMMITS)
            return self._storage(path, writer, boot_no, "", lock)
        except BaseException:
            lock.close()
            raise

    def in_memory(self, refusal: str) -> Storage:
        path = memory_path(self.config)
        lock = _lock(path.parent)
        try:
            given = self.left.carried.boot_no
            boot_no = boot_number_apart(path.with_name(_BOOT), boot_id(), given)
            writer = self._writer(path, boot_no, _MEMORY_BUDGET_BYTES, 1)
            epoch = _epoch(path) or _epoch(self.config.journal_path)
            if epoch:  # the marks on the card count as long as the depot is the same
                writer.acknowledge(Ack(epoch, {}))
                writer.commit()
            return self._storage(path, writer, boot_no, refusal, lock)
        except BaseException:
            lock.close()
            raise

    def _storage(
        self, path: Path, writer: JournalWriter, boot_no: int, refusal: str, lock: BinaryIO
    ) -> Storage:
        folder = self.config.journal_path.parent
        return Storage(path, folder, writer, JournalReader(path), boot_no, refusal, lock)

    def _writer(
        self, path: Path, boot_no: int, budget_bytes: int, marks_every_commits: int
    ) -> JournalWriter:
        def opened(damage: str) -> JournalWriter:
            how = (self.version, budget_bytes, marks_every_commits, self.left.carried, damage)
            return JournalWriter(path, boot_no, self.mono_ms, *how)

        try:
            return opened(self.left.damage if self.left.broken == path else "")
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            return opened(str(error))  # it only looked whole


def _epoch(path: Path) -> str | None:
    try:
        with closing(JournalReader(path)) as reader:
            return reader.epoch()
    except sqlite3.Error:
        return None


def _used_bytes(path: Path) -> int:
    sides = [path.with_name(path.name + side) for side in ("", "-wal")]
    return sum(side.stat().st_size for side in sides if side.exists())


def _free_bytes(folder: Path) -> int | None:
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def _lock(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / LOCK_NAME).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise AlreadyRunning(f"another agent already uses {folder}; stop it first") from error
    return lock
