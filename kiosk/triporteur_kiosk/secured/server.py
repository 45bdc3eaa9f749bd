"""A server with TLS: tornado, which does that of many slow strangers in one thread.

It stands on an open Wi-Fi, among everybody. Whoever does not get to his question, or does not
take his answer, is hung up on; where places are short the oldest connection is. Nobody's address,
and nothing that is asked, goes into any log.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets

from triporteur_kiosk.secured.bridge import Bridge
from triporteur_kiosk.secured.strict import Strict
from triporteur_kiosk.serving import heeding

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

MAX_HEADER_BYTES = 16_384
#: The largest form is much smaller; nobody uploads.
MAX_BODY_BYTES = 4096
MAX_CONNECTIONS = 60
#: A browser opens six.
MAX_OF_ONE_ADDRESS = 12
#: To the end of the handshake and of the question, and from one question to the next.
IDLE_S = 10
#: In all. A browser connects anew without a word.
LIFE_S = 120
_THREADS = 4
_LOOK_S = 1.0


class SecuredServer:
    """Serves `app` at a host and port of this machine (0: any free one, see `port`).

    `tls` is None for development on loopback. `each_second` is called in the thread that takes
    connections. Raises OSError when the address cannot be had.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
        each_second: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._tls = tls
        self._each_second = each_second
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._is_stopped = False
        self._sockets = bind_sockets(port, None if host == "::" else host)
        self.port = int(self._sockets[0].getsockname()[1])

    def run(self) -> None:
        """Serves until `stop`, or until a signal tells the main thread to end."""
        # Below errors it tells who knocked, and how.
        logging.getLogger("tornado.general").setLevel(logging.ERROR)
        with heeding(self.stop):
            asyncio.run(self._serve())

    def stop(self) -> None:
        """From any thread, before it serves or while it does."""
        self._is_stopped = True
        if self._loop:
            with suppress(RuntimeError):  # it has just ended
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        threads = ThreadPoolExecutor(_THREADS, "pages")
        try:
            await self._receive(Bridge(self._app, threads))
        finally:  # who waits for a thread is not answered any more, and nobody waits for an answer
            threads.shutdown(wait=False, cancel_futures=True)

    async def _receive(self, bridge: Bridge) -> None:
        hall = _Hall(
            bridge,
            ssl_options=self._tls,
            max_header_size=MAX_HEADER_BYTES,
            max_body_size=MAX_BODY_BYTES,
            idle_connection_timeout=IDLE_S,
            body_timeout=IDLE_S,
        )
        hall.add_sockets(self._sockets)
        while not self._is_stopped:
            self._look()
            hall.end_the_old()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _LOOK_S)
        hall.stop()
        hall.end_all()

    def _look(self) -> None:
        try:
            self._each_second()
        except Exception:  # noqa: BLE001 - the top of the loop: pages are served all the same
            _log.exception("what is done each second was not")


class _Hall(HTTPServer):
    """Has so many places, and so many for one address; the longest there gives way."""

    def initialize(self, bridge: Bridge, **options: Any) -> None:  # type: ignore[override]
        """Tornado's own constructor."""
        super().initialize(bridge, **options)
        self._bridge = bridge
        self._there: dict[IOStream, tuple[str, float]] = {}

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Takes a connection, before its handshake."""
        host = str(address[0])
        of_host = [one for one, (from_, _) in self._there.items() if from_ == host]
        if len(of_host) >= MAX_OF_ONE_ADDRESS:
            self._make_room(of_host)
        elif len(self._there) >= MAX_CONNECTIONS:
            self._make_room(self._there)
        self._there[stream] = (host, time.monotonic())
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """A request has begun."""
        return Strict(super().start_request(server_conn, request_conn))

    def on_close(self, server_conn: Any) -> None:
        """A connection has ended."""
        self._there.pop(server_conn.stream, None)
        super().on_close(server_conn)

    def end_the_old(self) -> None:
        now_s = time.monotonic()
        for stream, (_, since_s) in list(self._there.items()):
            if now_s - since_s >= LIFE_S:
                self._end(stream)

    def end_all(self) -> None:
        for stream in list(self._there):
            self._end(stream)

    def _make_room(self, there: Iterable[IOStream]) -> None:
        """The oldest gives way, unless it is just being answered."""
        idle = next((stream for stream in there if stream not in self._bridge.busy), None)
        if idle is not None:
            self._end(idle)

    def _end(self, stream: IOStream) -> None:
        del self._there[stream]
        stream.close()
