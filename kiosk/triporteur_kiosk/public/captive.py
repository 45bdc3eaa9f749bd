"""Leads every phone that asks for another name than the portal's own to the portal.

This stands before Flask, so that a storm of probes costs two dictionary look-ups each.
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
    """What each host and path is told, on behalf of the portal at `portal_address`.

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
        self._portal = _lead_to(portal_address)
        self._success = {
            (host, path): probe.success
            for probe in PROBES
            for host in probe.hosts
            for path in probe.paths
        }

    def is_probe(self, host: str, path: str) -> bool:
        """Whether this is how a phone asks if it is online."""
        return (host_name(host), path) in self._success

    def answer(self, host: str, path: str, *, accepted: bool) -> Answer | None:
        """What `host` and `path` are told; None when the host is the portal's own.

        An accepted visitor's probe is told it is online; everything else leads to the portal.
        """
        name = host_name(host)
        if name == self._own_name:
            return None
        return self._success.get((name, path), self._portal) if accepted else self._portal


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
        answer = self._captive.answer(host, path, accepted=False)
        if answer is None:
            return self._portal(environ, start_response)
        if self._captive.is_probe(host, path):
            self._counts.add(PROBE)
        start_response(answer.status, list(answer.headers))
        return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)


def _asked_host(environ: "WSGIEnvironment") -> str:
    """The host asked for: a whole URL as target outweighs `Host` (RFC 9112, 3.2.2)."""
    whole = _AUTHORITY.match(environ.get("REQUEST_URI", ""))
    return whole[1] if whole else str(environ.get("HTTP_HOST", ""))
