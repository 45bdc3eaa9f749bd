"""Where the journal lives: on the card, or in memory while the card cannot be used.

A unit whose card is full, read-only or broken still reads its battery, shows it to the mediator
and tells the depot. What it records then lives until the next power cut, and its status says so.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from triporteur_device.boots import boot_number
from triporteur_device.clock import boot_id
from triporteur_device.config import JOURNAL_NAME, DeviceConfig
from triporteur_device.journal import JournalReader, JournalWriter, highest_boot

_log = logging.getLogger(__name__)

_BOOT = "boot.json"
_LOCK = "agent.lock"
#: A tenth of what a Pi of 512 MB has left beside everything else.
_MEMORY_BUDGET_BYTES = 16_000_000


class AlreadyRunning(RuntimeError):
    """Another agent has this journal: two would throw each other off the broker for ever."""


@dataclass(frozen=True, slots=True)
class Storage:
    """An open journal, its two ends, and whether it outlives a power cut.

    `lock` is held as long as it is open: one agent a journal.
    """

    writer: JournalWriter
    reader: JournalReader
    boot_no: int
    durable: bool
    lock: BinaryIO


def open_storage(config: DeviceConfig, mono_ms: Callable[[], int], version: str) -> Storage:
    """Opens the journal on the card, or else in memory, beside the snapshot.

    Raises OSError or sqlite3.OperationalError when neither can be used, AlreadyRunning when
    another agent uses it.
    """
    card, memory = Path(config.journal.directory), Path(config.snapshot.path).parent
    highest = highest_boot(card / JOURNAL_NAME)
    try:
        budget_bytes = config.journal.budget_mb * 1_000_000
        return _open(card, highest, mono_ms(), version, budget_bytes, durable=True)
    except (OSError, sqlite3.OperationalError) as error:
        _log.error(
            "the journal in %s cannot be used (%s): free or mend the storage, then restart; "
            "until then records are kept in memory only",
            card,
            error,
        )
    return _open(memory, highest, mono_ms(), version, _MEMORY_BUDGET_BYTES, durable=False)


def _open(
    folder: Path, highest: int, mono_ms: int, version: str, budget_bytes: int, *, durable: bool
) -> Storage:
    path = folder / JOURNAL_NAME
    lock = _lock(folder)
    try:
        boot_no = boot_number(folder / _BOOT, boot_id(), max(highest, highest_boot(path)))
        writer = JournalWriter(path, boot_no, mono_ms, version, budget_bytes)
        return Storage(writer, JournalReader(path), boot_no, durable, lock)
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
