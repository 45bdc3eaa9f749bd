"""The whole depot in one process: as it is handy away from a server."""

import threading

from triporteur_depot.alone import alone
from triporteur_depot.config import DepotConfig
from triporteur_depot.ingest_service import prepare, take_in
from triporteur_depot.pages_service import served
from triporteur_wire.manager import Manager


def run(config: DepotConfig, stop: threading.Event) -> None:
    """Runs ingest and pages until `stop`.

    Raises OSError, sqlite3.Error, UnreadablePassword, NotAlone or DepotFailed.
    """
    nobody = Manager({})
    with alone(config.database_path):
        prepare(config.database_path)
        with served(config, nobody):
            take_in(config, stop, nobody)
