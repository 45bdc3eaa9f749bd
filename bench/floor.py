"""The floor: the same rows in the same batches and window through bare paho, zlib and sqlite3,
with bodies untouched and commits grouped as ours are.

No retries, marks, ranges, checks or quarantine: what any store-and-forward must at least do.

`python -m bench.floor send JOURNAL PORT` · `python -m bench.floor store DATABASE PORT`
"""

import queue
import signal
import sqlite3
import sys
import threading
import zlib
from contextlib import suppress
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from triporteur_device.delivery.shipper import BATCH_RECORDS, WINDOW

_TOPIC = "bench/rows"
_COMMIT_TOGETHER = 50
_Row = tuple[int, str, int, msgspec.Raw]
_DECODER = msgspec.json.Decoder(list[_Row])


def send(journal: Path, port: int, stop: threading.Event) -> None:
    free = threading.Semaphore(WINDOW)
    client = _client("sender")
    client.on_publish = lambda *_: free.release()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connection = sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True)
    rows = connection.execute("SELECT seq, kind, mono_ms, body FROM records ORDER BY seq")
    while batch := rows.fetchmany(BATCH_RECORDS):
        text = msgspec.json.encode([(*row, msgspec.Raw(body)) for *row, body in batch])
        free.acquire()
        client.publish(_TOPIC, zlib.compress(text), qos=1)
    stop.wait()
    client.loop_stop()


def store(database: Path, port: int, stop: threading.Event) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE records (seq INTEGER PRIMARY KEY, kind TEXT, mono_ms INTEGER, body BLOB)"
    )
    arrived: queue.SimpleQueue[mqtt.MQTTMessage] = queue.SimpleQueue()
    client = _client("store", manual_ack=True)
    client.on_message = lambda _client, _data, message: arrived.put(message)
    client.connect("127.0.0.1", port)
    client.subscribe(_TOPIC, qos=1)
    client.loop_start()
    while not stop.is_set():
        messages = _gather(arrived)
        connection.execute("BEGIN")
        for message in messages:
            rows = _DECODER.decode(zlib.decompress(message.payload))
            values = ((seq, kind, mono_ms, bytes(body)) for seq, kind, mono_ms, body in rows)
            connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", values)
        connection.execute("COMMIT")
        for message in messages:
            client.ack(message.mid, message.qos)
    client.loop_stop()


def _gather(arrived: "queue.SimpleQueue[mqtt.MQTTMessage]") -> list[mqtt.MQTTMessage]:
    messages = []
    with suppress(queue.Empty):
        messages.append(arrived.get(timeout=0.5))
        while len(messages) < _COMMIT_TOGETHER:
            messages.append(arrived.get_nowait())
    return messages


def _client(name: str, *, manual_ack: bool = False) -> mqtt.Client:
    return mqtt.Client(
        CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5, manual_ack=manual_ack
    )


if __name__ == "__main__":
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    {"send": send, "store": store}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), ended)
