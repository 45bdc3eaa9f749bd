"""The team's HTTP server, and how any process that serves pages ends."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: A console reads and answers; nobody uploads.
_MAX_BODY_BYTES = 4096


def team_server(app: "WSGIApplication", host: str, port: int) -> TcpWSGIServer:
    """Listens for a few members of the team. Raises OSError when the address cannot be had."""
    limits = Adjustments(
        host=host,
        port=port,
        ident=None,
        threads=2,
        connection_limit=40,
        max_request_body_size=_MAX_BODY_BYTES,
        log_socket_errors=False,
    )
    return TcpWSGIServer(app, adj=limits)


def end_on_signals() -> None:
    """From now on SIGTERM and SIGINT raise SystemExit, on which a waitress server's run returns."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


@contextmanager
def beside(part: Callable[[Event], None]) -> Iterator[None]:
    """Runs `part` in a thread of its own meanwhile; then stops it and waits for it to end."""
    stop = Event()
    thread = Thread(target=part, args=(stop,), name="beside", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
