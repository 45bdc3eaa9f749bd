"""Requests that no browser makes: refused before anything is made of them."""

from collections.abc import Awaitable

from tornado.httputil import (
    HTTPHeaders,
    HTTPInputError,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)


class Strict(HTTPMessageDelegate):
    """Hands on to `delegate` what it is told of a request; its ValueErrors are the caller's fault.

    A `Host` with a port of thousands of digits is one: tornado counts in it.
    """

    def __init__(self, delegate: HTTPMessageDelegate) -> None:
        self._delegate = delegate

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Raises HTTPInputError, which is answered with 400."""
        try:
            return self._delegate.headers_received(start_line, headers)
        except ValueError as error:
            raise HTTPInputError("a number that is none") from error

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._delegate.on_connection_close()
