"""Fills a storage of thingsboard-gateway with the telemetry of a journal. Run by its Python.

`python thingsboard_fill.py JOURNAL FOLDER`
"""

import json
import logging
import sqlite3
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

_LOOK_AGAIN_S = 0.05
_AHEAD = 20_000


def main(journal: str, folder: str) -> None:
    storage_of = import_module("thingsboard_gateway.storage.sqlite.sqlite_event_storage")
    logger = logging.getLogger("storage")
    logger.trace = lambda *_: None  # type: ignore[attr-defined]  # as the gateway's own logger has
    storage = storage_of.SQLiteEventStorage(
        {"data_file_path": f"{folder}/"}, logger, threading.Event()
    )
    start_ms = time.time_ns() // 1_000_000
    for mono_ms, body in _telemetry(journal):
        source, values = json.loads(body)
        storage.put(_message(source, start_ms + mono_ms, values))
        while storage.write_queue.qsize() > _AHEAD:
            time.sleep(_LOOK_AGAIN_S)
    while storage.write_queue.qsize():
        time.sleep(_LOOK_AGAIN_S)
    time.sleep(1)  # the last batch is taken from the queue before it is committed
    storage.stop()


def _telemetry(journal: str) -> sqlite3.Cursor:
    connection = sqlite3.connect(f"{Path(journal).absolute().as_uri()}?mode=ro", uri=True)
    return connection.execute(
        "SELECT mono_ms, body FROM records WHERE kind = 'telemetry' ORDER BY seq"
    )


def _message(source: str, ts: int, values: dict[str, object]) -> str:
    """As the gateway writes what a connector gave it."""
    return json.dumps(
        {
            "deviceName": source,
            "deviceType": "default",
            "telemetry": [{"ts": ts, "values": values}],
            "attributes": {},
        },
        separators=(",", ":"),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
