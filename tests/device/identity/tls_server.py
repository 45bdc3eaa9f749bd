"""Whatever may listen where a broker should: another's TLS, an old one, or none."""

import socket
import ssl
import threading
from contextlib import suppress
from types import TracebackType


class TlsServer:
    """Shakes hands with whoever comes, and hangs up; use as a context.

    `context` None speaks no TLS: it says a line in plain.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "TlsServer":
        self._thread.start()
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        if self._context is None:
            connection.sendall(b"220 mail.example ESMTP\r\n")
            connection.recv(1000)
            return
        with self._context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1000)
