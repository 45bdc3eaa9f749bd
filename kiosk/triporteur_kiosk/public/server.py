"""The HTTP server of the portal: waitress, told to forget and to hang up."""

from typing import TYPE_CHECKING

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# A public welcome takes no uploads; what a captured app tries to post is read up to here.
MAX_BODY_BYTES = 65_536
# Cookies that a captured name's own site set long ago still come along.
MAX_HEADER_BYTES = 32_768
# 150 phones at an event, some with two connections at once.
MAX_CONNECTIONS = 400


class _OneAnswerTask(WSGITask):
    """Closes after each answer: a page is one request, and an idle phone must hold no place."""

    def start(self) -> None:
        super().start()
        self.request.headers["CONNECTION"] = "close"  # type: ignore[attr-defined]  # stub's slip


class _OneAnswerChannel(HTTPChannel):
    task_class = _OneAnswerTask


class PortalServer(TcpWSGIServer):
    """Serves `app` at `host` and `port` (0: any free one, see `effective_port`); call `run()`.

    It names no software, logs no visitor and says `Connection: close` in every answer. Raises
    OSError when the address cannot be bound.
    """

    channel_class = _OneAnswerChannel
    effective_port: int

    def __init__(self, app: "WSGIApplication", host: str, port: int) -> None:
        limits = Adjustments(
            host=host,
            port=port,
            ident=None,
            threads=4,
            connection_limit=MAX_CONNECTIONS,
            channel_timeout=20,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES,
            log_socket_errors=False,
        )
        super().__init__(app, adj=limits)
