"""`triporteur-depot requeue`: reads what is in quarantine again, after an upgrade."""

import argparse
import sqlite3
import sys
from typing import TextIO

import msgspec

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands.figures import plain
from triporteur_depot.commands.opening import writing
from triporteur_depot.commands.progress import Progress
from triporteur_depot.config import DepotConfig
from triporteur_depot.ingest.requeue import Reread, quarantined, reread


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("unit", nargs="?", metavar="UNIT", help="of this one only")
    parser.add_argument("--id", type=int, metavar="N", help="only the batch of this number")
    parser.add_argument("--dry-run", action="store_true", help="only say what could be read")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(config: DepotConfig, asked: argparse.Namespace, out: TextIO | None = None) -> int:
    """Raises AskedWrongly or NoDatabase."""
    with writing(config.database_path) as connection:
        numbers = _numbers(connection, asked.unit, asked.id)
        found = _reread(connection, numbers, dry_run=asked.dry_run)
    show = _as_json if asked.json else _as_text
    out = out or sys.stdout
    out.writelines(show(one) + "\n" for one in found)
    if not asked.json:
        out.write(_sum(found, dry_run=asked.dry_run) + "\n")
    return 0


def _numbers(connection: sqlite3.Connection, unit: str | None, only: int | None) -> list[int]:
    known = [name for (name,) in connection.execute("SELECT name FROM units ORDER BY name")]
    if unit is not None and unit not in known:
        names = ", ".join(known) or "none yet"
        raise AskedWrongly(f"no unit named {unit!r} is known; known are: {names}")
    numbers = quarantined(connection, unit, only)
    if only is not None and not numbers:
        there = ", ".join(map(str, quarantined(connection, unit, None)[:10])) or "nothing"
        raise AskedWrongly(f"no batch {only} is in quarantine; in it is: {there}")
    return numbers


def _reread(connection: sqlite3.Connection, numbers: list[int], *, dry_run: bool) -> list[Reread]:
    found = []
    with Progress() as progress:
        for count, number in enumerate(numbers, start=1):
            progress.show(f"reading batch {number}: {count}/{len(numbers)}")
            one = reread(connection, number, dry_run=dry_run)
            if one:
                found.append(one)
    return found


def _as_json(one: Reread) -> str:
    return msgspec.json.encode(one).decode()


def _as_text(one: Reread) -> str:
    what = f"still unreadable: {one.fault}" if one.fault else f"{one.records} records more"
    return plain(f"{one.id} {one.unit}: {what}")


def _sum(found: list[Reread], *, dry_run: bool) -> str:
    if not found:
        return "nothing is in quarantine"
    read = [one for one in found if not one.fault]
    verb = "could be read" if dry_run else "read and stored"
    records = sum(one.records for one in read)
    return f"{len(read)} of {len(found)} batches {verb}: {records} records"
