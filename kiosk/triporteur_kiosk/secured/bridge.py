"""From tornado's requests to the pages' WSGI, in threads, without a word about who asks.

Tornado's own container says the server's name and version in each answer, and who asked what in its
log, in which a failure would quote the request too.
"""

import logging
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPServerRequest, ResponseStartLine
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream
from tornado.wsgi import WSGIContainer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

_Answer = tuple[str, list[tuple[str, str]], bytes]
_BROKEN: _Answer = (
    "500 Internal Server Error",
    [("Content-Type", "text/plain; charset=utf-8")],
    b"Cette page est en panne.\n",
)
_SENSELESS: _Answer = ("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")], b"")
_BODILESS = frozenset({204, 304})


class Bridge(WSGIContainer):
    """Gives each request to the application, in one of the executor's threads.

    `busy` are the connections whose request is being answered.
    """

    def __init__(self, app: "WSGIApplication", executor: Executor) -> None:
        super().__init__(app, executor)
        self.busy: set[IOStream] = set()

    async def handle_request(self, request: HTTPServerRequest) -> None:
        """Answers one request."""
        connection = request.connection
        assert isinstance(connection, HTTP1Connection)
        stream = connection.stream
        self.busy.add(stream)
        try:
            status, headers, body = await IOLoop.current().run_in_executor(
                self.executor, self._answer_to, request
            )
            code, _, reason = status.partition(" ")
            start = ResponseStartLine("HTTP/1.1", int(code), reason)
            connection.write_headers(start, _headers(int(code), headers, body), body)
            connection.finish()
        finally:
            self.busy.discard(stream)

    def _answer_to(self, request: HTTPServerRequest) -> _Answer:
        try:
            environ = self.environ(request)
        except ValueError:  # a `Host` whose port is no number: no browser's, and no line in the log
            return _SENSELESS
        return self._answer(environ)

    def _answer(self, environ: dict[str, Any]) -> _Answer:
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
            begun.append((status, headers))
            return written.append

        try:
            chunks = self.wsgi_application(environ, start_response)
            try:
                written.extend(chunks)
            finally:
                getattr(chunks, "close", lambda: None)()
        except Exception:  # noqa: BLE001 - the top of the loop over requests
            _log.exception("a request could not be answered")
            return _BROKEN
        status, headers = begun[-1]
        return status, headers, b"".join(written)


def _headers(code: int, headers: list[tuple[str, str]], body: bytes) -> HTTPHeaders:
    said = HTTPHeaders()
    for name, value in headers:
        said.add(name, value)
    if "Content-Length" not in said and code not in _BODILESS:
        said["Content-Length"] = str(len(body))
    return said
