"""Who may be asked for, and where a request may come from: before anything else is looked at.

A name that was led here from elsewhere learns nothing, and no page of another site can have a
browser change anything here.
"""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READS = frozenset({"GET", "HEAD"})


class OwnNames:
    """Hands on what asks for a name that `is_own`, and what changes something only from here."""

    def __init__(self, app: "WSGIApplication", is_own: Callable[[str], bool]) -> None:
        self._app = app
        self._is_own = is_own

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        request = Request(environ)
        if not self._is_own(host_name(environ.get("HTTP_HOST", ""))):
            return _refusal(421, "La console ne répond pas à cette adresse")(
                environ, start_response
            )
        if request.method not in _READS and not _is_from_here(request):
            return _refusal(403, "Cette demande ne vient pas d’une page de la console")(
                environ, start_response
            )
        return self._app(environ, start_response)


def is_loopback(name: str) -> bool:
    """Whether a browser means this machine."""
    try:
        return name == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """A `Host` header's name, in lower case, without its port."""
    before, _, port = host.lower().rpartition(":")
    return before if port.isdigit() and before else host.lower()


def _is_from_here(request: Request) -> bool:
    """By what browsers add themselves, and no page can change: Fetch Metadata, else `Origin`."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.host}"


def _refusal(code: int, sentence: str) -> Response:
    return Response(f"{sentence}.\n", code, content_type="text/plain; charset=utf-8")
