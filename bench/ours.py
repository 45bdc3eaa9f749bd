"""The product's two ends, each as a process of its own.

`python -m bench.ours send JOURNAL PORT` · `python -m bench.ours store DATABASE PORT`
"""

import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

from triporteur_depot.database import open_writer
from triporteur_depot.subscriber import Subscriber
from triporteur_device.clock import boottime_ms
from triporteur_device.delivery import Broker, Publisher
from triporteur_device.journal import JournalReader
from triporteur_wire.messages import Status


def send(journal: Path, port: int, stop: threading.Event) -> None:
    broker = Broker("127.0.0.1", port, 20, "bench")
    publisher = Publisher(broker, JournalReader(journal), boottime_ms, lambda _: None)
    shown = threading.Thread(target=_show, args=(publisher, stop), daemon=True)
    shown.start()
    publisher.run(stop)


def _show(publisher: Publisher, stop: threading.Event) -> None:
    """A status a second, as the agent gives it: the backlog waits for the first one."""
    while not stop.is_set():
        delivery = publisher.delivery(None, durable=True)
        publisher.show(Status("bench", "", "", 1, boottime_ms(), None, 15, {}, {}, delivery))
        stop.wait(1)


def store(database: Path, port: int, stop: threading.Event) -> None:
    subscriber = Subscriber("127.0.0.1", port, 20, partial(open_writer, database))
    subscriber.run(stop, lambda: time.time_ns() // 1_000_000)


if __name__ == "__main__":
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    {"send": send, "store": store}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), ended)
