"""The composition root of the depot: ingest in its thread, pages served beside it."""

import logging
import socket
import sqlite3
import threading
import time
from functools import partial
from pathlib import Path

from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from triporteur_depot.config import DepotConfig
from triporteur_depot.database import open_writer
from triporteur_depot.pages.app import create_app
from triporteur_depot.subscriber import Subscriber

_log = logging.getLogger(__name__)
_PAGE_THREADS = 4
_JOIN_S = 10.0


class DepotFailed(RuntimeError):
    """The depot cannot go on; the sentence says why, and what to do."""


def run(config: DepotConfig, stop: threading.Event) -> None:
    """Runs the depot until `stop`. Raises OSError, sqlite3.Error or DepotFailed."""
    path = config.database_path
    _prepare(path)
    mqtt = config.mqtt
    subscriber = Subscriber(mqtt.host, mqtt.port, mqtt.keepalive_s, partial(open_writer, path))
    failures: list[BaseException] = []
    ingest = threading.Thread(target=_guarded, args=(subscriber, stop, failures), name="ingest")
    pages = _pages(config)
    serving = threading.Thread(target=pages.run, name="pages", daemon=True)
    ingest.start()
    serving.start()
    _log.info("pages on http://127.0.0.1:%d/", config.pages.port)
    stop.wait()
    pages.close()
    ingest.join(_JOIN_S)
    if failures:
        raise DepotFailed(f"the ingest failed: {failures[0]}")


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


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
        open_writer(path).close()
    except (OSError, sqlite3.Error) as error:
        raise DepotFailed(
            f"the database {path} cannot be opened ({error}); free or mend it, or choose another "
            "[database] path"
        ) from error


def _guarded(subscriber: Subscriber, stop: threading.Event, failures: list[BaseException]) -> None:
    try:
        subscriber.run(stop, utc_ms)
    except Exception as error:  # noqa: BLE001 - the top of the thread: nothing may die unseen
        _log.exception("the ingest failed; the depot stops")
        failures.append(error)
        stop.set()
