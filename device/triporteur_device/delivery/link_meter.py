"""What the link to the depot carries in a month, as the kernel counted it.

    struct tcp_info (linux/tcp.h), as far as it is read here:

    offset  128  u64  bytes received, once each
            136  u32  segments out
            140  u32  segments in
            200  u64  bytes sent, repetitions included

TLS is in the bytes; of what is below, each segment costs an IPv4 and a TCP header with its time
stamps. That is what a 4G contract counts. The count outlives the agent in a small file, written
seldom: a power cut loses a part of it, and no record.
"""

import logging
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from triporteur_device.files import write_whole
from triporteur_wire.messages import LinkUse
from triporteur_wire.reading import Unreadable, decode

_log = logging.getLogger(__name__)

_TCP_INFO_BYTES = 208
_HEADERS_BYTES = 20 + 32
#: A quarter of a MB uncounted at worst, and a few writes a day to the card.
_KEEP_EVERY_BYTES = 256_000
_DECODER = msgspec.json.Decoder(LinkUse)


@dataclass(frozen=True, slots=True)
class Carried:
    """Bytes both ways."""

    sent: int = 0
    received: int = 0


class LinkMeter:
    """Counts connections into the month. `budget_bytes` 0 is: no limit.

    Only `count` may be called in another thread than the rest.
    """

    def __init__(self, path: Path, budget_bytes: int, utc_ms: Callable[[], int | None]) -> None:
        self._path = path
        self._utc_ms = utc_ms
        self._use = msgspec.structs.replace(_read(path), budget_bytes=budget_bytes)
        self._kept = self._use
        self._counted: WeakKeyDictionary[socket.socket, Carried] = WeakKeyDictionary()
        self._lock = threading.Lock()

    @property
    def use(self) -> LinkUse:
        return self._use

    @property
    def is_spent(self) -> bool:
        """Whether the month has cost what it may."""
        total = self._use.sent_bytes + self._use.received_bytes
        return 0 < self._use.budget_bytes <= total

    def look(self, connection: socket.socket | None) -> None:
        """Counts what the connection carried (None is: there is none), and keeps the count."""
        if connection is not None:
            self.count(connection)
        self._turn_the_month()
        if self._unkept_bytes() >= _KEEP_EVERY_BYTES:
            self.keep()

    def count(self, connection: socket.socket) -> None:
        """Adds what the connection carried since it was last counted."""
        with self._lock, suppress(OSError):  # it was closed at this very moment
            now = carried(connection)
            before = self._counted.get(connection, Carried())
            self._counted[connection] = now
            self._use = msgspec.structs.replace(
                self._use,
                sent_bytes=self._use.sent_bytes + now.sent - before.sent,
                received_bytes=self._use.received_bytes + now.received - before.received,
            )

    def keep(self) -> None:
        """Writes the count down."""
        if self._use == self._kept:
            return
        self._kept = self._use
        try:
            write_whole(self._path, msgspec.json.encode(self._use), durable=False)
        except OSError as error:
            _log.warning("the link's count cannot be kept (%s)", error.strerror)

    def _turn_the_month(self) -> None:
        utc_ms = self._utc_ms()
        if utc_ms is None:
            return
        month = f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m}"
        if self._use.month == month:
            return
        with self._lock:
            # Bytes counted before the unit knew the time are of this month.
            begun = LinkUse(month, 0, 0, self._use.budget_bytes)
            known = self._use.month != ""
            self._use = begun if known else msgspec.structs.replace(self._use, month=month)
        self.keep()

    def _unkept_bytes(self) -> int:
        sent = self._use.sent_bytes - self._kept.sent_bytes
        return sent + self._use.received_bytes - self._kept.received_bytes


def carried(connection: socket.socket) -> Carried:
    """What a TCP connection carried so far. Raises OSError when it is closed."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    (received,) = struct.unpack_from("Q", info, 128)
    segments_out, segments_in = struct.unpack_from("II", info, 136)
    (sent,) = struct.unpack_from("Q", info, 200)
    return Carried(sent + segments_out * _HEADERS_BYTES, received + segments_in * _HEADERS_BYTES)


def _read(path: Path) -> LinkUse:
    with suppress(OSError, Unreadable):
        return decode(_DECODER, path.read_bytes())
    return LinkUse("", 0, 0, 0)
