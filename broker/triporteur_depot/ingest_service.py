"""The ingest as a process: it holds the database alone, and takes in what units send."""

import logging
import sqlite3
import threading
from functools import partial
from pathlib import Path

from triporteur_depot.alone import alone
from triporteur_depot.authority.trusted import trusted_digest
from triporteur_depot.broken import make_ready, note_damage
from triporteur_depot.clock import DepotClock, utc_ms
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import Replaced, is_damage, open_writer
from triporteur_depot.failing import DepotFailed
from triporteur_depot.line import Broker
from triporteur_depot.releases.kept import Kept
from triporteur_depot.releases.pieces import Pieces
from triporteur_depot.subscriber import Answering, Subscriber
from triporteur_depot.timekeeper import Timekeeper
from triporteur_wire.manager import Manager
from triporteur_wire.topics import Verb

_log = logging.getLogger(__name__)


def run(config: DepotConfig, stop: threading.Event, manager: Manager) -> None:
    """Works until `stop`.

    Raises OSError, sqlite3.Error, UnreadablePassword, NotAlone or DepotFailed.
    """
    with alone(config.database_path):
        prepare(config.database_path)
        take_in(config, stop, manager)


def take_in(config: DepotConfig, stop: threading.Event, manager: Manager) -> None:
    """With the database that is held and made ready. Raises UnreadablePassword or DepotFailed."""
    subscriber = _subscriber(config, manager)
    try:
        subscriber.run(stop, utc_ms)
    except Replaced as error:
        raise DepotFailed(str(error)) from error
    except Exception as error:
        raise DepotFailed(_failure(error, config.database_path)) from error


def prepare(path: Path) -> None:
    """Makes or migrates the database, before a page reads it. Raises DepotFailed."""
    try:
        make_ready(path, utc_ms())
    except (OSError, sqlite3.Error) as error:
        raise DepotFailed(
            f"the database {path} cannot be opened ({error}); free or mend it, or choose another "
            "[database] path"
        ) from error


def _failure(error: Exception, path: Path) -> str:
    if is_damage(error):
        note_damage(path, str(error))
        return f"the database {path} is damaged ({error}); the next start sets it aside"
    _log.error("the ingest failed; the depot stops", exc_info=error)
    return f"the ingest failed: {error}"


def _subscriber(config: DepotConfig, manager: Manager) -> Subscriber:
    mqtt = config.mqtt
    return Subscriber(
        Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, password=mqtt.password()),
        partial(open_writer, config.database_path),
        _answering(config),
        manager,
    )


def _answering(config: DepotConfig) -> dict[str, Answering]:
    authorities = partial(_authorities, Path(config.authority.directory))
    return {
        Verb.TIME: Timekeeper(DepotClock(config.depot.clock), authorities),
        Verb.RELEASE: Pieces(Kept.beside(config.database_path)),
    }


def _authorities(directory: Path) -> str:
    """The checksum of those that units should trust; empty while nobody can say."""
    try:
        return trusted_digest(directory)
    except (OSError, UnicodeDecodeError):
        return ""
