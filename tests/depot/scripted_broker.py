"""A broker that says what the test tells it to, to one client at a time."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK = 0x10, 0x20, 0x30, 0x40, 0x80, 0x90
PINGREQ, PINGRESP, DISCONNECT = 0xC0, 0xD0, 0xE0


@dataclass(frozen=True, slots=True)
class Packet:
    """What the client sent, and on which of its connections, from 1."""

    kind: int
    body: bytes
    connection_no: int


class ScriptedBroker:
    """Listens on `port`; use as a context. `packets` grows with what the client sends."""

    def __init__(self) -> None:
        #: The largest packet that it says it takes; 0 for any.
        self.most_bytes = 0
        #: How it answers: reason codes of MQTT 5, 0 for well.
        self.connack = self.suback = self.puback = 0
        #: Topics with these words may not be subscribed to: 0x87.
        self.refused = b""
        self.packets: list[Packet] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._connection: socket.socket | None = None
        self._connections = 0
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "ScriptedBroker":
        self._thread.start()
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _b: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self.drop()
        self._thread.join()
        self._listening.close()

    def sent(self, kind: int, connection_no: int = 1) -> list[bytes]:
        """What the client sent of one kind."""
        return [
            packet.body
            for packet in list(self.packets)
            if packet.kind == kind and packet.connection_no == connection_no
        ]

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        mid: int = 0,
        retain: bool = False,
        properties: Sequence[tuple[str, str]] = (),
    ) -> None:
        """A message to the client: at QoS 1 with a `mid`, else at QoS 0."""
        said = b"".join(b"\x26" + _text(name) + _text(value) for name, value in properties)
        number = mid.to_bytes(2, "big") if mid else b""
        body = _text(topic) + number + _length(len(said)) + said + payload
        self._send(PUBLISH | (2 if mid else 0) | retain, body)

    def disconnect(self, reason: int) -> None:
        """Says why, and no more; the client hangs up.

        To take nothing any more would reset the connection while the client speaks, which would
        then never hear why.
        """
        self._send(DISCONNECT, bytes([reason, 0]))
        self._hang_up(socket.SHUT_WR)

    def drop(self) -> None:
        """Cuts the client off."""
        self._hang_up(socket.SHUT_RDWR)

    def _hang_up(self, how: int) -> None:
        with contextlib.suppress(OSError):  # the client may have gone first
            if connection := self._connection:
                connection.shutdown(how)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._connection = connection
                self._connections += 1
                with contextlib.suppress(ConnectionError):  # the client cut the line
                    while packet := _read(connection):
                        self._heed(*packet)
                self._connection = None

    def _heed(self, kind: int, body: bytes) -> None:
        self.packets.append(Packet(kind, body, self._connections))
        match kind:
            case 0x10:
                limit = self.most_bytes and b"\x27" + self.most_bytes.to_bytes(4, "big")
                said = limit or b""
                self._send(CONNACK, bytes([0, self.connack, len(said)]) + said)
            case 0x80:
                self._send(SUBACK, body[:2] + b"\0" + bytes(map(self._granted, _filters(body))))
            case 0x30:
                after_topic = 2 + int.from_bytes(body[:2], "big")
                mid = body[after_topic : after_topic + 2]
                self._send(PUBACK, mid + bytes([self.puback, 0]))
            case 0xC0:
                self._send(PINGRESP, b"")

    def _granted(self, topic: bytes) -> int:
        return 0x87 if self.refused and self.refused in topic else self.suback or 1

    def _send(self, kind: int, body: bytes) -> None:
        with contextlib.suppress(ConnectionError):  # either has hung up by now
            if connection := self._connection:
                connection.sendall(bytes([kind]) + _length(len(body)) + body)


def _read(connection: socket.socket) -> tuple[int, bytes] | None:
    """One packet, or None at the end, be it in the middle of one."""
    with contextlib.suppress(EOFError):
        (kind,) = _take(connection, 1)
        length = shift = 0
        while True:
            (byte,) = _take(connection, 1)
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return kind & 0xF0, _take(connection, length)
    return None


def _take(connection: socket.socket, count: int) -> bytes:
    taken = b""
    while len(taken) < count:
        piece = connection.recv(count - len(taken))
        if not piece:
            raise EOFError
        taken += piece
    return taken


def _filters(body: bytes) -> list[bytes]:
    """The topics of a SUBSCRIBE without properties."""
    found, place = [], 3
    while place < len(body):
        end = place + 2 + int.from_bytes(body[place : place + 2], "big")
        found.append(body[place + 2 : end])
        place = end + 1
    return found


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(2, "big") + text.encode()


def _length(length: int) -> bytes:
    made = b""
    while True:
        length, byte = divmod(length, 128)
        made += bytes([byte | (0x80 if length else 0)])
        if not length:
            return made
