"""Leads every phone that asks for another name than the portal's own to the portal.

Always, and everyone: whoever may pass and can is never led here by the gate, and whoever may pass
while the uplink is down had better keep to the phone's own network (docs/portal.md).

Two ways to the same answer. Nearly every question of a phone that was never here is one plain
packet: `Quick` answers it from its bytes, with two look-ups and an answer made beforehand, before
any thread or environment is spent on it. What is odd goes the long way, through `CaptiveGate`.
`Connection: close` is the server's to say (PEP 3333), see `server.py`.
"""

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from triporteur_kiosk.public.probes import PROBES, Answer, answer_with
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.words import PROBE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_AUTHORITY = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
#: A request line without anything to decode: method, path, minor version.
_PLAIN = re.compile(rb"(GET|HEAD) (/[\w./~!$&'()*+,;=:@-]*)(?:\?[^\s#]*)? HTTP/1\.([01])(?=\r\n)")
_HAS_A_BODY = (b"\r\ncontent-length:", b"\r\ntransfer-encoding:")


def host_name(host: str) -> str:
    """A `Host` header's name: lower case, without port and final dot."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).strip().lower().rstrip(".")


def _lead_to(portal_address: str) -> Answer:
    """A redirect, with a body of more than 4 bytes and a link for who does not follow it.

    Android takes a 3xx for a portal and a shorter body for a fault (AOSP NetworkMonitor.java).
    """
    url = f"http://{portal_address}/"
    body = f'<!doctype html><title>Triporteur</title><a href="{escape(url)}">Bienvenue</a>\n'
    content_type = ("Content-Type", "text/html; charset=utf-8")
    return answer_with("302 Found", body.encode(), content_type, ("Location", url))


class Captive:
    """What is captured, and what it is told, on behalf of the portal at `portal_address`.

    `portal_address` is a host name or address with an optional port, as a browser would show
    it. Raises ValueError when it holds anything else.
    """

    def __init__(self, portal_address: str) -> None:
        if not portal_address or set(portal_address) & set("/\\@?# \t\r\n"):
            raise ValueError(
                f"portal address {portal_address!r}: give a host name with an optional port, "
                'such as "triporteur.lan" or "127.0.0.1:8080"'
            )
        self._own_name = host_name(portal_address)
        self._probes = frozenset(
            (host, path) for probe in PROBES for host in probe.hosts for path in probe.paths
        )
        self.answer = _lead_to(portal_address)

    def is_own(self, host: str) -> bool:
        """Whether the portal itself is asked for; all other names are captured."""
        return host_name(host) == self._own_name

    def is_probe(self, host: str, path: str) -> bool:
        """Whether this is how a phone asks if it is online."""
        return (host_name(host), path) in self._probes


class Quick:
    """Answers a captured question from its bytes; None for what must go the long way."""

    def __init__(self, captive: Captive, counts: Counts) -> None:
        self._captive = captive
        self._counts = counts
        self._answers = {
            (method, minor): _whole(captive.answer, minor, has_body=method == b"GET")
            for method in (b"GET", b"HEAD")
            for minor in (b"0", b"1")
        }

    def __call__(self, question: bytes) -> bytes | None:
        line = _PLAIN.match(question)
        if line is None or not question.endswith(b"\r\n\r\n"):
            return None
        head = question[line.end() :].lower()
        hosts = head.split(b"\r\nhost:")
        if len(hosts) != 2 or head.count(b"\r\n\r\n") != 1 or any(b in head for b in _HAS_A_BODY):
            return None
        host = hosts[1].partition(b"\r\n")[0].decode("latin-1")
        if self._captive.is_own(host):
            return None
        method, path, minor = line.groups()
        if self._captive.is_probe(host, path.decode("latin-1")):
            self._counts.add(PROBE)
        return self._answers[method, minor]


def _whole(answer: Answer, minor: bytes, *, has_body: bool) -> bytes:
    """All of an answer's bytes. No `Date`: a unit has no clock to vouch for (RFC 9110, 6.6.1)."""
    lines = (f"{name}: {value}" for name, value in (*answer.headers, ("Connection", "close")))
    head = f"HTTP/1.{minor.decode()} {answer.status}\r\n" + "".join(f"{one}\r\n" for one in lines)
    return head.encode("latin-1") + b"\r\n" + (answer.body if has_body else b"")


class CaptiveGate:
    """The WSGI application that answers captured names itself and hands on the portal's own."""

    def __init__(self, portal: "WSGIApplication", captive: Captive, counts: Counts) -> None:
        self._portal = portal
        self._captive = captive
        self._counts = counts

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        host, path = _asked_host(environ), environ.get("PATH_INFO", "")
        if self._captive.is_own(host):
            return self._portal(environ, start_response)
        if self._captive.is_probe(host, path):
            self._counts.add(PROBE)
        answer = self._captive.answer
        start_response(answer.status, list(answer.headers))
        return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)


def _asked_host(environ: "WSGIEnvironment") -> str:
    """The host asked for: a whole URL as target outweighs `Host` (RFC 9112, 3.2.2)."""
    whole = _AUTHORITY.match(environ.get("REQUEST_URI", ""))
    return whole[1] if whole else str(environ.get("HTTP_HOST", ""))
