"""`triporteur-depot backup`: a copy of the database, while the depot runs."""

from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot import copies
from triporteur_depot.commands.opening import reading
from triporteur_depot.config import DepotConfig
from triporteur_depot.replacing import belong


def run(database: Path, copy: Path) -> int:
    """Writes the copy, whole and looked through or not at all, over an earlier one.

    Raises NoDatabase, BadCopy or OSError.
    """
    with reading(database) as source:
        copies.make(source, copy)
    print(f"copied to {copy}, and looked through: {copy.stat().st_size / 1e6:.1f} MB")
    return 0


def nightly(config: DepotConfig) -> int:
    """One more in the folder of copies, which keeps but a few. Raises as `run` does."""
    folder = Path(config.backup.directory)
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        belong(folder)
    run(config.database_path, folder / copies.name(datetime.now(UTC)))
    for gone in copies.rotate(folder, config.backup.keep_days, config.backup.keep_weeks):
        print(f"no longer kept: {gone.name}")
    return 0
