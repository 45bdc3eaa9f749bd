"""`triporteur-depot registrar`: certifies units, in a process that has nothing else to do."""

import argparse
import logging
import os
import signal
import threading
from datetime import UTC, datetime
from functools import partial

from triporteur_depot.alone import one_registrar
from triporteur_depot.authority.console_registrar import ConsoleRegistrar
from triporteur_depot.authority.desk import Desk
from triporteur_depot.authority.office import founded
from triporteur_depot.authority.registrar import Registrar
from triporteur_depot.authority.settling import registrar_password
from triporteur_depot.clock import utc_ms
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import open_writer
from triporteur_wire.manager import Manager

_log = logging.getLogger(__name__)


def registrar(config: DepotConfig, _asked: argparse.Namespace) -> int:
    """Until it is told to stop. Raises AskedWrongly where nothing is set up."""
    vault = founded(config)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    due = vault.broker_due(datetime.now(UTC))
    if due:
        _log.warning(
            "the broker's certificate ends on %s; run: triporteur-depot broker", due.date()
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    database, authority = partial(open_writer, config.database_path), config.authority
    units = Registrar(vault, database, utc_ms)
    consoles = ConsoleRegistrar(vault, database, utc_ms, authority.console_domains, authority.names)
    password = registrar_password(vault)
    manager = Manager(os.environ)
    with one_registrar(vault.registrar_lock):
        Desk(units, consoles, config.mqtt.host, config.mqtt.port, password, manager).run(stop)
    return 0
