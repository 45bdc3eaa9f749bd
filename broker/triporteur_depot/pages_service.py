"""The fleet's pages as a process: they read the database, whatever becomes of the ingest."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from waitress.server import BaseWSGIServer, MultiSocketServer, create_server

from triporteur_depot.clock import utc_ms
from triporteur_depot.config import DepotConfig
from triporteur_depot.failing import DepotFailed
from triporteur_depot.pages.app import create_app
from triporteur_wire.answering import Answering, ask_page
from triporteur_wire.manager import Manager

_log = logging.getLogger(__name__)
_PAGE_THREADS = 4


def run(config: DepotConfig, stop: threading.Event, manager: Manager) -> None:
    """Serves until `stop`. Raises DepotFailed where it cannot listen."""
    with served(config, manager):
        stop.wait()


@contextmanager
def served(config: DepotConfig, manager: Manager) -> Iterator[None]:
    """The pages are served meanwhile. Raises DepotFailed."""
    port, stop = config.pages.port, threading.Event()
    answering = Answering(manager, partial(ask_page, ("127.0.0.1", port), "localhost", "/"))
    server = _pages(config, answering)
    threads = [
        threading.Thread(target=server.run, name="pages", daemon=True),
        threading.Thread(target=answering.run, args=(stop,), name="answering"),
    ]
    for thread in threads:
        thread.start()
    _log.info("pages on http://127.0.0.1:%d/", port)
    try:
        yield
    finally:
        stop.set()
        threads[-1].join()
        server.close()


def _pages(config: DepotConfig, answering: Answering) -> BaseWSGIServer | MultiSocketServer:
    app = answering.around(create_app(config.database_path, config.depot.name, utc_ms))
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
