"""Who drains a backlog: our programs, the floor, and thingsboard-gateway."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import programs
from bench.drain import floor, thingsboard
from triporteur_device.config import JOURNAL_NAME


@dataclass(frozen=True, slots=True)
class Contestant:
    """`prepare` lays out in its folder what is to be drained, from the filled storages.

    `store` and `send` give the commands of the two ends; `stored` is the query that tells how
    many rows are committed, cheap enough to ask all the time.
    """

    name: str
    prepare: Callable[[Path, Path], None]
    store: Callable[[Path, int], tuple[str, ...]]
    send: Callable[[Path, int], tuple[str, ...]]
    stored: str


DATABASE = "depot.db"


def _copy_journal(filled: Path, folder: Path) -> None:
    shutil.copy(filled / JOURNAL_NAME, folder / JOURNAL_NAME)


def _copy_messages(filled: Path, folder: Path) -> None:
    shutil.copytree(filled / thingsboard.STORAGE, folder / thingsboard.STORAGE)


def _module(name: str, *words: object) -> tuple[str, ...]:
    return sys.executable, "-m", f"bench.{name}", *map(str, words)


OURS = Contestant(
    "ours",
    _copy_journal,
    lambda folder, port: programs.depot(folder, folder / DATABASE, port),
    programs.unit,
    "SELECT coalesce(max(stored), 0) FROM logs",
)
FLOOR = Contestant(
    "floor",
    _copy_journal,
    lambda folder, port: _module("bare", folder / DATABASE, port, floor.TOPIC),
    lambda folder, port: _module("drain.floor", folder / JOURNAL_NAME, port),
    "SELECT coalesce(max(rowid), 0) FROM records",
)
THINGSBOARD = Contestant(
    "thingsboard-gateway",
    _copy_messages,
    lambda folder, port: _module("drain.thingsboard_store", folder / DATABASE, port),
    thingsboard.gateway,
    # A row a second, in order: counting them would take the processor that is measured.
    "SELECT coalesce((max(seq) - min(seq)) / 1000 + 1, 0) FROM records",
)
