"""The HTTP server of the portal: waitress, told to forget and to hang up.

Nobody can hold the portal's places against the others: a connection has a few seconds for its one
question and answer, however busily it trickles, and fewer once all places are taken. Newcomers wait
that long in the kernel's queue, and none is refused.
"""

import time
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
# From being let in to having been answered; a phone at the edge of the Wi-Fi needs one or two.
DEADLINE_S = 5
DEADLINE_WHEN_FULL_S = 2


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
    active_channels: dict[int, _OneAnswerChannel]  # type: ignore[assignment]  # stub's slip
    effective_port: int

    def __init__(self, app: "WSGIApplication", host: str, port: int) -> None:
        limits = Adjustments(
            host=host,
            port=port,
            ident=None,
            threads=4,
            connection_limit=MAX_CONNECTIONS,
            cleanup_interval=2,
            channel_timeout=DEADLINE_S,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES,
            log_socket_errors=False,
            # select() fails for good on the first file numbered 1024 or more.
            asyncore_use_poll=True,
        )
        super().__init__(app, adj=limits)

    def readable(self) -> bool:
        """Asked by the loop at each turn, once a second or more often."""
        if self.in_connection_overflow:
            self._hang_up_on_who_came_before(time.time() - DEADLINE_WHEN_FULL_S)
        return super().readable()

    def maintenance(self, now: float) -> None:
        """Instead of waitress's own, which counts from the last byte: one a second kept a place."""
        self._hang_up_on_who_came_before(now - DEADLINE_S)

    def _hang_up_on_who_came_before(self, moment_s: float) -> None:
        # By the clock that dates the channels. Who is being answered may stay.
        for channel in self.active_channels.values():
            if not channel.requests and channel.creation_time < moment_s:
                channel.will_close = True
