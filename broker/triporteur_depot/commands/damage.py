"""`triporteur-depot damage`: whether a damaged database was set aside, and what to do."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.commands.opening import writing
from triporteur_depot.database import forget_set_aside, set_aside


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--noted", action="store_true", help="pages need not show it any longer; nothing is mended"
    )


def run(database: Path, *, noted: bool) -> int:
    """Prints what happened; with `noted` takes it off the pages. Raises NoDatabase."""
    with writing(database) as connection:
        found = set_aside(connection)
        if found is None:
            print("no damaged database was set aside, or it was noted or restored since")
            return 0
        when = datetime.fromtimestamp(found.utc_ms / 1000, UTC)
        print(f"{when:%Y-%m-%d %H:%M:%SZ}: the database was damaged ({found.why})")
        print(f"it was set aside as {database}.broken-1, or -2 if that happened again")
        if noted:
            forget_set_aside(connection)
            print("noted: pages do not show it any longer")
        else:
            print("to restore a copy: end the depot, then `triporteur-depot restore COPY`")
            print("to go on without: `triporteur-depot damage --noted`")
    return 0
