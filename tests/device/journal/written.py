"""Journals as tests write them."""

from pathlib import Path

from triporteur_device.journal import (
    JournalReader,
    JournalWriter,
    LogState,
)
from triporteur_wire.records import Telemetry


def writer(path: Path, boot_no: int = 1) -> JournalWriter:
    return JournalWriter(path, boot_no, mono_ms=1000, version="test")


def fill(path: Path, count: int) -> str:
    with writer(path) as journal:
        for number in range(count):
            journal.append(2000 + number, Telemetry("battery", {"soc_pct": number}))
        return journal.log


def states(path: Path) -> list[LogState]:
    reader = JournalReader(path)
    try:
        return reader.logs()
    finally:
        reader.close()
