"""One pouring: ready-made messages through a broker into a store, until the last is committed."""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import programs
from bench.ingest.hose import pour
from bench.processes import Child, Cost, broker, connections, running, until, weigh
from bench.tracing import Asked, read, traced, wait_for_end

_DATABASE = "depot.db"
_ALL_JOURNALS = "triporteur/v1/+/journal"


@dataclass(frozen=True, slots=True)
class Poured:
    """`settled` is the cost up to when nothing was left to do: our rollups come last."""

    store: str
    rows: int
    seconds: float
    cost: Cost
    settled: Cost

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds


@dataclass(frozen=True, slots=True)
class Store:
    """A store under test: its command, how many rows it has committed, how many tasks are left."""

    name: str
    command: Callable[[Path, int], tuple[str, ...]]
    stored: str
    left: str


OURS = Store(
    "ours",
    lambda folder, port: programs.depot(folder, folder / _DATABASE, port),
    "SELECT coalesce(sum(stored), 0) FROM logs",
    "SELECT count(*) FROM dirty",
)
BARE = Store(
    "bare paho + sqlite3",
    lambda folder, port: (
        *(sys.executable, "-m", "bench.bare"),
        *(str(folder / _DATABASE), str(port), _ALL_JOURNALS),
    ),
    "SELECT coalesce(max(rowid), 0) FROM records",
    "SELECT 0",
)


def pouring(store: Store, messages: Sequence[bytes], rows: int, folder: Path) -> Poured:
    """Pours the messages, `rows` records in all, and says what it cost."""
    with _listening(store, folder, ()) as (child, port):
        before, start_s = weigh(child.pid), time.monotonic()
        pour(port, messages)
        until(lambda: _ask(folder, store.stored) >= rows, child)
        seconds, cost = time.monotonic() - start_s, weigh(child.pid).since(before)
        until(lambda: _ask(folder, store.left) == 0, child)
        settled = weigh(child.pid).since(before)
    return Poured(store.name, rows, seconds, cost, settled)


def counted(store: Store, messages: Sequence[bytes], rows: int, folder: Path) -> Asked:
    """The same under strace, not timed."""
    trace = folder / "store.trace"
    with _listening(store, folder, traced(trace)) as (child, port):
        pour(port, messages)
        until(lambda: _ask(folder, store.stored) >= rows, child)
        until(lambda: _ask(folder, store.left) == 0, child)
    wait_for_end(trace, child)
    return read(trace)


@contextmanager
def _listening(store: Store, folder: Path, before: tuple[str, ...]) -> Iterator[tuple[Child, int]]:
    """The store, subscribed to a broker of its own, and the broker's port."""
    folder.mkdir()
    with ExitStack() as stack:
        _, port = stack.enter_context(broker(folder))
        command = (*before, *store.command(folder, port))
        child = stack.enter_context(running(folder / "store.log", *command))
        until(lambda: _ask(folder, store.stored) == 0 and connections(port) > 0, child)
        yield child, port


def _ask(folder: Path, query: str) -> int:
    """The number that the query gives; -1 while there is no such table."""
    try:
        uri = f"{(folder / _DATABASE).as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            (number,) = connection.execute(query).fetchone()
    except sqlite3.Error:
        return -1
    return int(number)
