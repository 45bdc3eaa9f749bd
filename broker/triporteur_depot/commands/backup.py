"""`triporteur-depot backup`: a copy of the database, while the depot runs."""

import sqlite3
from contextlib import closing
from pathlib import Path

from triporteur_depot.commands.opening import reading


def run(database: Path, copy: Path) -> int:
    """Writes the copy, whole or not at all, over an earlier one. Raises NoDatabase or OSError."""
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    with reading(database) as source, closing(sqlite3.connect(partial)) as target:
        source.backup(target)
        # Alone, a copy has no log beside it.
        target.execute("PRAGMA journal_mode = DELETE")
    partial.replace(copy)
    print(f"copied to {copy}")
    return 0
