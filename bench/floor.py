"""The floor: the same rows in the same batches and window through bare paho, zlib and sqlite3.

No retries, marks, ranges, checks or quarantine: what any store-and-forward must at least do.

`python -m bench.floor send JOURNAL PORT` · `python -m bench.floor store DATABASE PORT`
"""

import json
import signal
import sqlite3
import sys
import threading
import zlib
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from triporteur_device.delivery.shipper import BATCH_RECORDS, WINDOW

_TOPIC = "bench/rows"


def send(journal: Path, port: int, stop: threading.Event) -> None:
    free = threading.Semaphore(WINDOW)
    client = _client("sender")
    client.on_publish = lambda *_: free.release()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connection = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    rows = connection.execute("SELECT seq, kind, mono_ms, body FROM records ORDER BY seq")
    while batch := rows.fetchmany(BATCH_RECORDS):
        text = json.dumps([[seq, kind, mono, body.decode()] for seq, kind, mono, body in batch])
        free.acquire()
        client.publish(_TOPIC, zlib.compress(text.encode()), qos=1)
    stop.wait()
    client.loop_stop()


def store(database: Path, port: int, stop: threading.Event) -> None:
    connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE records (seq INTEGER PRIMARY KEY, kind TEXT, mono_ms INTEGER, body BLOB)"
    )

    def keep(client: mqtt.Client, _: Any, message: mqtt.MQTTMessage) -> None:
        rows = json.loads(zlib.decompress(message.payload))
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        client.ack(message.mid, message.qos)

    client = _client("store", manual_ack=True)
    client.on_message = keep
    client.connect("127.0.0.1", port)
    client.subscribe(_TOPIC, qos=1)
    client.loop_start()
    stop.wait()
    client.loop_stop()


def _client(name: str, *, manual_ack: bool = False) -> mqtt.Client:
    return mqtt.Client(
        CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5, manual_ack=manual_ack
    )


if __name__ == "__main__":
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    {"send": send, "store": store}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), ended)
