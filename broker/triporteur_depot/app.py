"""The composition root of the depot: ingest in its thread, pages served beside it."""

import logging
import threading
import time
from functools import partial

from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from triporteur_depot.config import DepotConfig
from triporteur_depot.database import open_writer
from triporteur_depot.pages.app import create_app
from triporteur_depot.subscriber import Subscriber

_log = logging.getLogger(__name__)
_PAGE_THREADS = 4
_JOIN_S = 10.0


class DepotFailed(RuntimeError):
    """The ingest failed; the depot must be started again."""


def run(config: DepotConfig, stop: threading.Event) -> None:
    """Runs the depot until `stop`. Raises OSError, sqlite3.Error or DepotFailed."""
    path = config.database_path
    open_writer(path).close()  # makes or migrates it, before a page reads it
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
    return create_server(
        app, host="127.0.0.1", port=config.pages.port, threads=_PAGE_THREADS, ident=None
    )


def _guarded(subscriber: Subscriber, stop: threading.Event, failures: list[BaseException]) -> None:
    try:
        subscriber.run(stop, utc_ms)
    except Exception as error:  # noqa: BLE001 - the top of the thread: nothing may die unseen
        _log.exception("the ingest failed; the depot stops")
        failures.append(error)
        stop.set()
