"""Publishes ready-made MQTT 5 messages at QoS 1 as fast as the broker takes them.

Bytes into a socket, answers counted: it must never be what the measured store waits for.
"""

import socket
import struct
from collections.abc import Sequence

from triporteur_wire.envelope import Batch, pack, properties

_WINDOW = 500
_CONNECT = 0x10
_PUBLISH_QOS1 = 0x32
_PUBACK = 0x40
_USER_PROPERTY = 0x26
_MIDS = 65_535


def message(topic: str, batch: Batch) -> bytes:
    """What follows the packet's number of a PUBLISH; the topic stands before it."""
    said = b"".join(
        bytes((_USER_PROPERTY,)) + _text(name) + _text(value)
        for name, value in properties(batch.range)
    )
    return _text(topic) + b"??" + _length(len(said)) + said + pack(batch)


def plain(topic: str, payload: bytes) -> bytes:
    """The same for a message without properties."""
    return _text(topic) + b"??" + _length(0) + payload


def pour(port: int, messages: Sequence[bytes]) -> None:
    """Sends them all, and returns when the broker has them all."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = _text("MQTT") + bytes((5, 2)) + struct.pack(">H", 0) + b"\0" + _text("hose")
        connection.sendall(bytes((_CONNECT,)) + _length(len(body)) + body)
        answers = _Answers(connection)
        for sent, prepared in enumerate(messages):
            answers.wait_for(sent - _WINDOW)
            connection.sendall(_packet(sent, prepared))
        answers.wait_for(len(messages))


class _Answers:
    """Counts the PUBACKs of a connection; the CONNACK, of another kind, is passed over."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""
        self._count = 0

    def wait_for(self, count: int) -> None:
        while self._count < count:
            self._take(self._rest + self._connection.recv(65_536))

    def _take(self, data: bytes) -> None:
        at = 0
        while len(data) - at >= 2 and len(data) - at >= 2 + data[at + 1]:
            self._count += data[at] == _PUBACK
            at += 2 + data[at + 1]
        self._rest = data[at:]


def _packet(number: int, prepared: bytes) -> bytes:
    at = 2 + int.from_bytes(prepared[:2], "big")
    mid = struct.pack(">H", number % _MIDS + 1)
    body = prepared[:at] + mid + prepared[at + 2 :]
    return bytes((_PUBLISH_QOS1,)) + _length(len(body)) + body


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def _length(number: int) -> bytes:
    """MQTT's variable byte integer."""
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes((*made, number))
