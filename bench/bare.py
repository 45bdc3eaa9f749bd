"""The least that any ingest must do: take QoS 1 messages, commit their rows, then acknowledge.

Bare paho and bare SQLite, with commits grouped and synced as ours are; no marks, ranges, checks,
quarantine, coverage or rollups. `python -m bench.bare DATABASE PORT TOPIC` stores what our units
send, without looking at it.
"""

import queue
import signal
import sqlite3
import sys
import threading
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

#: As the depot's subscriber does.
_COMMIT_TOGETHER = 50
_WAKE_S = 0.5
#: Waits this long for company: commits of a few messages would cost it more.
_GATHER_S = 0.005

Row = tuple[int, str, int, bytes]


class _Columns(msgspec.Struct):
    seq: list[int]
    mono: list[int]
    kind: list[str]
    body: list[msgspec.Raw]


_DECODER = msgspec.json.Decoder(_Columns)


def rows_of(payload: bytes) -> Iterable[Row]:
    """The records of one of our batches."""
    columns = _DECODER.decode(zlib.decompress(payload))
    return zip(
        accumulate(columns.seq),
        columns.kind,
        accumulate(columns.mono),
        map(bytes, columns.body),
        strict=True,
    )


def client(name: str, *, manual_ack: bool = False) -> mqtt.Client:
    return mqtt.Client(
        CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5, manual_ack=manual_ack
    )


def stopped_by_sigterm() -> threading.Event:
    """An event that is set when this process is told to end."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    return ended


class Store:
    """One table `records`, appended to from one subscription; no seq comes twice if `unique`."""

    def __init__(
        self,
        database: Path,
        listener: mqtt.Client,
        read: Callable[[bytes], Iterable[Row]],
        *,
        unique: bool = False,
    ) -> None:
        self._connection = sqlite3.connect(database, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        key = "INTEGER PRIMARY KEY" if unique else "INTEGER"
        self._connection.execute(
            f"CREATE TABLE records (seq {key}, kind TEXT, mono_ms INTEGER, body BLOB)"
        )
        self._read = read
        self._listener = listener
        self._arrived: queue.SimpleQueue[mqtt.MQTTMessage] = queue.SimpleQueue()
        listener.on_message = lambda _client, _data, message: self._arrived.put(message)

    def run(self, port: int, topic: str, stop: threading.Event) -> None:
        """Takes what comes, until `stop`."""
        self._listener.connect("127.0.0.1", port)
        self._listener.subscribe(topic, qos=1)
        self._listener.loop_start()
        while not stop.is_set():
            self._commit(self._gather())
        self._listener.loop_stop()

    def _commit(self, messages: list[mqtt.MQTTMessage]) -> None:
        self._connection.execute("BEGIN")
        for message in messages:
            rows = self._read(bytes(message.payload))
            self._connection.executemany("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")
        for message in messages:
            self._listener.ack(message.mid, message.qos)

    def _gather(self) -> list[mqtt.MQTTMessage]:
        messages = []
        with suppress(queue.Empty):
            messages.append(self._arrived.get(timeout=_WAKE_S))
            while len(messages) < _COMMIT_TOGETHER:
                messages.append(self._arrived.get(timeout=_GATHER_S))
        return messages


if __name__ == "__main__":
    database, port, topic = sys.argv[1:]
    store = Store(Path(database), client("store", manual_ack=True), rows_of)
    store.run(int(port), topic, stopped_by_sigterm())
