"""The composition root of the depot: ingest in its thread, pages served beside it."""

import logging
import socket
import sqlite3
import threading
from functools import partial
from pathlib import Path

from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from triporteur_depot.alone import alone
from triporteur_depot.authority.trusted import trusted_digest
from triporteur_depot.broken import make_ready, note_damage
from triporteur_depot.clock import DepotClock, utc_ms
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import Replaced, is_damage, open_writer
from triporteur_depot.line import Broker
from triporteur_depot.pages.app import create_app
from triporteur_depot.subscriber import Subscriber
from triporteur_depot.timekeeper import Timekeeper

_log = logging.getLogger(__name__)
_PAGE_THREADS = 4
_JOIN_S = 10.0


class DepotFailed(RuntimeError):
    """The depot cannot go on; the sentence says why, and what to do."""


def run(config: DepotConfig, stop: threading.Event) -> None:
    """Runs the depot until `stop`.

    Raises OSError, sqlite3.Error, UnreadablePassword, NotAlone or DepotFailed.
    """
    with alone(config.database_path):
        _prepare(config.database_path)
        _run(config, stop)


def _run(config: DepotConfig, stop: threading.Event) -> None:
    subscriber = _subscriber(config)
    failures: list[str] = []
    ingest = threading.Thread(
        target=_guarded, args=(subscriber, config.database_path, stop, failures), name="ingest"
    )
    pages = _pages(config)
    serving = threading.Thread(target=pages.run, name="pages", daemon=True)
    ingest.start()
    serving.start()
    _log.info("pages on http://127.0.0.1:%d/", config.pages.port)
    stop.wait()
    pages.close()
    ingest.join(_JOIN_S)
    if failures:
        raise DepotFailed(failures[0])


def _subscriber(config: DepotConfig) -> Subscriber:
    mqtt = config.mqtt
    return Subscriber(
        Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, password=mqtt.password()),
        partial(open_writer, config.database_path),
        Timekeeper(
            DepotClock(config.depot.clock),
            partial(_authorities, Path(config.authority.directory)),
        ),
    )


def _authorities(directory: Path) -> str:
    """The checksum of those that units should trust; empty while nobody can say."""
    try:
        return trusted_digest(directory)
    except (OSError, UnicodeDecodeError):
        return ""


def _pages(config: DepotConfig) -> BaseWSGIServer | MultiSocketServer:
    app = create_app(config.database_path, config.depot.name, utc_ms)
    listening = _listen(config.pages.port)
    return create_server(app, sockets=[listening], threads=_PAGE_THREADS, ident=None)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise DepotFailed(
            f"the pages cannot listen on port {port} ({error.strerror}); "
            "end what uses it, or choose another [pages] port"
        ) from error


def _prepare(path: Path) -> None:
    """Makes or migrates the database, before a page reads it."""
    try:
        make_ready(path, utc_ms())
    except (OSError, sqlite3.Error) as error:
        raise DepotFailed(
            f"the database {path} cannot be opened ({error}); free or mend it, or choose another "
            "[database] path"
        ) from error


def _guarded(
    subscriber: Subscriber, path: Path, stop: threading.Event, failures: list[str]
) -> None:
    try:
        subscriber.run(stop, utc_ms)
    except Replaced as error:
        failures.append(str(error))
    except Exception as error:  # noqa: BLE001 - the top of the thread: nothing may die unseen
        failures.append(_failure(error, path))
    finally:
        stop.set()


def _failure(error: Exception, path: Path) -> str:
    if is_damage(error):
        note_damage(path, str(error))
        return f"the database {path} is damaged ({error}); the next start sets it aside"
    _log.error("the ingest failed; the depot stops", exc_info=error)
    return f"the ingest failed: {error}"
