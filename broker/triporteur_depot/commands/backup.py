"""`triporteur-depot backup`: a copy of the database, while the depot runs."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot import copies
from triporteur_depot.alone import in_turn
from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands.opening import reading
from triporteur_depot.config import DepotConfig
from triporteur_depot.replacing import belong, is_own


def run(database: Path, copy: Path) -> int:
    """Writes the copy, whole and looked through or not at all, over an earlier one.

    Raises AskedWrongly where the depot keeps a file of its own, NoDatabase, BadCopy or OSError.
    """
    if is_own(database, copy):
        raise AskedWrongly(f"{copy} is the depot's own file; give the copy another name")
    with reading(database) as source:
        _copy(source, copy)
    return 0


def nightly(config: DepotConfig) -> int:
    """One more in the folder of copies, which keeps but a few. Raises as `run` does."""
    folder, table = Path(config.backup.directory), config.backup
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        belong(folder)
    with reading(config.database_path) as source, in_turn(config.database_path, "copying"):
        now = datetime.now(UTC)
        copies.tidy(folder)
        _copy(source, folder / copies.name(now))
        for gone in copies.rotate(folder, table.keep_days, table.keep_weeks, now):
            print(f"no longer kept: {gone.name}")
    if ahead := copies.parted(folder, now).ahead:
        print(f"dated later than now, and left alone: {len(ahead)}, up to {ahead[-1].name}")
    return 0


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    was_looked_through = copies.make(source, copy)
    looked = "looked through" if was_looked_through else "too large to be looked through"
    print(f"copied to {copy}, and {looked}: {copy.stat().st_size / 1e6:.1f} MB")
