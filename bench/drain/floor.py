"""The floor: the same rows in the same batches and window through bare paho, zlib and SQLite.

`python -m bench.drain.floor JOURNAL PORT` sends; `bench.bare` stores.
"""

import sqlite3
import sys
import threading
import zlib
from itertools import pairwise
from pathlib import Path

import msgspec

from bench.bare import client, stopped_by_sigterm
from triporteur_device.delivery.shipper import BATCH_RECORDS, WINDOW

TOPIC = "bench/rows"


def send(journal: Path, port: int, stop: threading.Event) -> None:
    """Sends every record of the journal, then waits for `stop`."""
    free = threading.Semaphore(WINDOW)
    sender = client("sender")
    sender.on_publish = lambda *_: free.release()
    sender.connect("127.0.0.1", port)
    sender.loop_start()
    connection = sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)
    rows = connection.execute("SELECT seq, mono_ms, kind, body FROM records ORDER BY log_id, seq")
    while batch := rows.fetchmany(BATCH_RECORDS):
        free.acquire()
        sender.publish(TOPIC, zlib.compress(_columns(batch)), qos=1)
    stop.wait()
    sender.loop_stop()


def _columns(batch: list[tuple[int, int, str, bytes]]) -> bytes:
    seqs, monos_ms, kinds, bodies = zip(*batch, strict=True)
    return msgspec.json.encode(
        {
            "seq": _deltas(seqs),
            "mono": _deltas(monos_ms),
            "kind": kinds,
            "body": [msgspec.Raw(body) for body in bodies],
        }
    )


def _deltas(numbers: tuple[int, ...]) -> list[int]:
    return [numbers[0], *(after - before for before, after in pairwise(numbers))]


if __name__ == "__main__":
    send(Path(sys.argv[1]), int(sys.argv[2]), stopped_by_sigterm())
