"""Fetches one page over HTTPS, within bounds, whoever answers."""

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

_PATIENCE_S = 10.0
_WHOLE_S = 30.0
_MOST_BYTES = 2_000_000
_CHUNK_BYTES = 65_536
_HEADERS = {
    "Accept": "text/html,text/css;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity",
    "Accept-Language": "fr",
    "User-Agent": "Mozilla/5.0 (compatible; triporteur-garden)",
}


class NotFetched(Exception):
    """Says why."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its `location` where it leads elsewhere, else at most 2 MB of its text."""

    status: int
    location: str | None
    text: str


def dial(host: str) -> socket.socket:
    """A connection to the one port that a garden opens. Raises OSError."""
    return socket.create_connection((host, 443), timeout=_PATIENCE_S)


def fetch(
    url: str, context: ssl.SSLContext, dial: Callable[[str], socket.socket] = dial
) -> Fetched:
    """The answer to one GET; follows nothing. Raises NotFetched."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        if parts.scheme != "https" or parts.port not in {None, 443} or not host:
            raise NotFetched("a garden opens https alone, and its usual port")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _exchange(host, target, context, dial)
    except (OSError, HTTPException, ValueError) as error:
        raise NotFetched(str(error) or type(error).__name__) from error


def _exchange(
    host: str, target: str, context: ssl.SSLContext, dial: Callable[[str], socket.socket]
) -> Fetched:
    connection = HTTPSConnection(host, timeout=_PATIENCE_S)
    try:
        with dial(host) as line:
            connection.sock = context.wrap_socket(line, server_hostname=host)
            connection.request("GET", target, headers=_HEADERS)
            answer = connection.getresponse()
            if 300 <= answer.status < 400:
                return Fetched(answer.status, answer.getheader("Location"), "")
            charset = answer.headers.get_content_charset() or "utf-8"
            return Fetched(answer.status, None, _decoded(_body(answer.read1), charset))
    finally:
        connection.close()


def _body(read: Callable[[int], bytes]) -> bytes:
    until_s = time.monotonic() + _WHOLE_S
    body = b""
    while len(body) < _MOST_BYTES and (more := read(_CHUNK_BYTES)):
        body += more
        if time.monotonic() > until_s:
            raise NotFetched("no whole answer in time")
    return body


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
