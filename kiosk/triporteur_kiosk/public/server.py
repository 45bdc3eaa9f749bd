"""The HTTP server of the portal: waitress, told to forget and to hang up.

Nobody can hold the portal's places against the others: a connection has a few seconds for its one
question and answer, however busily it trickles, and fewer once all places are taken. Newcomers wait
that long in the kernel's queue, and none is refused.

A captured phone's question takes no place at all. The kernel hands a connection over once something
was said on it; what `quick` can answer is answered there and then, and hung up on.
"""

import socket
import time
from collections.abc import Callable
from contextlib import closing
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

_QUICK_BYTES = 8192
# So that those who are being answered the long way wait a few milliseconds at most.
_AT_A_TURN = 64
# How long the kernel waits for a first word; whoever says none is then handed over all the same.
_FIRST_WORD_S = 2


class _OneAnswerTask(WSGITask):
    """Closes after each answer: a page is one request, and an idle phone must hold no place."""

    def start(self) -> None:
        super().start()
        self.request.headers["CONNECTION"] = "close"  # type: ignore[attr-defined]  # stub's slip


class _OneAnswerChannel(HTTPChannel):
    task_class = _OneAnswerTask

    def handle_error(self) -> None:
        """Instead of waitress's own, which names the visitor's address in the log."""
        self.handle_close()


class PortalServer(TcpWSGIServer):
    """Serves `app` at `host` and `port` (0: any free one, see `effective_port`); call `run()`.

    `host` `::` is every address of both families. `quick` gives the whole answer to a question, or
    None for the application to answer it. It names no software, logs no visitor and says
    `Connection: close` in every answer. Raises OSError when the address cannot be bound.
    """

    channel_class = _OneAnswerChannel
    active_channels: dict[int, _OneAnswerChannel]  # type: ignore[assignment]  # stub's slip
    effective_port: int
    _map: dict[int, socket.socket]

    def __init__(
        self,
        app: "WSGIApplication",
        quick: Callable[[bytes], bytes | None],
        host: str,
        port: int,
    ) -> None:
        self._quick = quick
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

    def bind_server_socket(self) -> None:
        """Waitress's own, and what the kernel is to know before."""
        assert self.socket
        if self.family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _FIRST_WORD_S)
        super().bind_server_socket()

    def handle_accept(self) -> None:
        """Takes in who waits: with an answer, or a place."""
        for _ in range(_AT_A_TURN):
            if len(self._map) >= MAX_CONNECTIONS:
                return
            try:
                accepted = self.accept()
            except OSError:
                return
            if accepted is None:
                return
            self._take_in(*accepted)

    def _take_in(self, phone: socket.socket, address: tuple[str, int]) -> None:
        try:
            if not self._answered(phone):
                self.set_socket_options(phone)
                self.channel_class(self, phone, address, self.adj, map=self._map)
        except OSError:  # it has gone
            phone.close()

    def _answered(self, phone: socket.socket) -> bool:
        """Looks at what was said without taking it: the long way reads it once more."""
        try:
            said = phone.recv(_QUICK_BYTES, socket.MSG_DONTWAIT | socket.MSG_PEEK)
        except BlockingIOError:
            return False
        answer = self._quick(said)
        if answer is None:
            return False
        with closing(phone):
            phone.recv(len(said), socket.MSG_DONTWAIT)
            phone.send(answer, socket.MSG_DONTWAIT)
        return True

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
