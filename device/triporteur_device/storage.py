"""Where the journal lives: on the card, or in memory while the card cannot be used.

A unit whose card is full, read-only or broken still reads its battery, shows it to the mediator
and tells the depot. What it records then lives until the next power cut, and its status says so.
"""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from triporteur_device.boots import boot_number
from triporteur_device.clock import boot_id
from triporteur_device.config import JOURNAL_NAME, DeviceConfig
from triporteur_device.files import write_whole
from triporteur_device.journal import JournalReader, JournalWriter, highest_boot
from triporteur_wire.messages import Card

_log = logging.getLogger(__name__)

_BOOT = "boot.json"
_LOCK = "agent.lock"
#: Five minutes of a riding trike.
_MARKS_EVERY_COMMITS = 30
#: A tenth of what a Pi of 512 MB has left beside everything else.
_MEMORY_BUDGET_BYTES = 16_000_000


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

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        """Commits what is buffered and lets the journal go.

        Raises sqlite3.Error, unless something else already went wrong.
        """
        try:
            self.writer.close()
        except sqlite3.Error:
            if error is None:
                raise
        finally:
            self.lock.close()


def open_storage(config: DeviceConfig, mono_ms: Callable[[], int], version: str) -> Storage:
    """Opens the journal on the card, or else in memory, beside the snapshot.

    Raises OSError or sqlite3.OperationalError when neither can be used, AlreadyRunning when
    another agent uses it.
    """
    card, memory = Path(config.journal.directory), memory_path(config).parent
    highest = highest_boot(card / JOURNAL_NAME)
    try:
        budget_bytes = config.journal.budget_mb * 1_000_000
        return _open(card, card, highest, mono_ms(), version, budget_bytes)
    except (OSError, sqlite3.OperationalError) as error:
        _log.error(
            "the journal in %s cannot be used (%s): free or mend the storage; until then records "
            "are kept in memory only",
            card,
            error,
        )
        refusal = str(error)
    return _open(memory, card, highest, mono_ms(), version, _MEMORY_BUDGET_BYTES, refusal)


def memory_path(config: DeviceConfig) -> Path:
    """Where the journal lies while the card cannot be used."""
    return Path(config.snapshot.path).parent / JOURNAL_NAME


def can_be_written(folder: Path) -> bool:
    """Whether the storage takes a small file now."""
    try:
        write_whole(folder / "probe", bytes(4096), durable=True)
        (folder / "probe").unlink()
    except OSError:
        return False
    return True


def _used_bytes(path: Path) -> int:
    sides = [path.with_name(path.name + side) for side in ("", "-wal")]
    return sum(side.stat().st_size for side in sides if side.exists())


def _free_bytes(folder: Path) -> int | None:
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def _open(
    folder: Path,
    card: Path,
    highest: int,
    mono_ms: int,
    version: str,
    budget_bytes: int,
    refusal: str = "",
) -> Storage:
    path = folder / JOURNAL_NAME
    lock = _lock(folder)
    try:
        boot_no = boot_number(folder / _BOOT, boot_id(), max(highest, highest_boot(path)))
        writer = JournalWriter(path, boot_no, mono_ms, version, budget_bytes, _MARKS_EVERY_COMMITS)
        return Storage(path, card, writer, JournalReader(path), boot_no, refusal, lock)
    except BaseException:
        lock.close()
        raise


def _lock(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / _LOCK).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise AlreadyRunning(f"another agent already uses {folder}; stop it first") from error
    return lock
