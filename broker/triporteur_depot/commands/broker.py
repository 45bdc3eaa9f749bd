"""`triporteur-depot broker`: the authority, and all that mosquitto reads; again, whenever asked."""

import argparse
from pathlib import Path

from triporteur_depot.authority.office import Office, office
from triporteur_depot.authority.running import running
from triporteur_depot.authority.starting import how_to_start
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.config import DepotConfig


def broker(config: DepotConfig, _asked: argparse.Namespace) -> int:
    """Makes what is not so yet. Raises AskedWrongly, OSError, sqlite3.Error or RuntimeError."""
    directory = Path(config.authority.directory)
    is_new = not trusted(directory)
    with office(config, founding=True) as here:
        if is_new:
            print(
                f"A new authority signs in {directory}. Keep a copy where nobody else reads it: "
                "without it, every unit must be enrolled anew. To make one: triporteur-depot "
                "backup-authority FILE"
            )
        print(f"{here.broker_folder}: {', '.join(here.changed) or 'nothing'} changed.")
        print(_what_now(here))
    return 0


def _what_now(here: Office) -> str:
    if running(here.broker_folder) is None:
        return f"The broker is not running. To start it: {how_to_start(here.broker_folder)}"
    return here.tell_broker()
