"""One race: a backlog in a closed storage, a broker, both ends, until the last row is committed."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.drain.contestants import DATABASE, Contestant
from bench.processes import Child, Cost, broker, connections, running, until, weigh
from bench.tracing import Asked, read, traced, wait_for_end


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds count from the sender's connection; costs too, and not what either end cost before.

    `first_row_s` is when the first rows were committed.
    """

    contestant: str
    rows: int
    seconds: float
    first_row_s: float
    sender: Cost
    store: Cost

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds

    @property
    def steady_rows_per_s(self) -> float:
        """From the first rows to the last."""
        return self.rows / (self.seconds - self.first_row_s)

    @property
    def cpu_s(self) -> float:
        return self.sender.cpu_s + self.store.cpu_s


def race(contestant: Contestant, filled: Path, folder: Path, rows: int) -> Drained:
    """Drains `rows` rows and says what it cost."""
    with _ends(contestant, filled, folder, ((), ())) as (sender, store):
        start_s = time.monotonic()
        before = weigh(sender.pid), weigh(store.pid)
        until(lambda: _stored(contestant, folder) > 0, sender, store)
        first_row_s = time.monotonic() - start_s
        until(lambda: _stored(contestant, folder) >= rows, sender, store)
        seconds = time.monotonic() - start_s
        costs = weigh(sender.pid).since(before[0]), weigh(store.pid).since(before[1])
    return Drained(contestant.name, rows, seconds, first_row_s, *costs)


def counted(contestant: Contestant, filled: Path, folder: Path, rows: int) -> tuple[Asked, Asked]:
    """The same under strace, not timed: what the sender and the store ask of the disk."""
    traces = folder / "sender.trace", folder / "store.trace"
    commands = traced(traces[0]), traced(traces[1])
    with _ends(contestant, filled, folder, commands) as ends:
        until(lambda: _stored(contestant, folder) >= rows, *ends)
    for trace, child in zip(traces, ends, strict=True):
        wait_for_end(trace, child)
    return read(traces[0]), read(traces[1])


@contextmanager
def _ends(
    contestant: Contestant,
    filled: Path,
    folder: Path,
    before: tuple[tuple[str, ...], tuple[str, ...]],
) -> Iterator[tuple[Child, Child]]:
    """Sender and store, from the moment the sender is connected."""
    folder.mkdir()
    contestant.prepare(filled, folder)
    with broker(folder) as (_, port):
        command = (*before[1], *contestant.store(folder, port))
        with running(folder / "store.log", *command) as store:
            until(lambda: _stored(contestant, folder) == 0 and connections(port) > 0, store)
            known = connections(port)
            command = (*before[0], *contestant.send(folder, port))
            with running(folder / "sender.log", *command) as sender:
                until(lambda: connections(port) > known, sender, store)
                yield sender, store


def _stored(contestant: Contestant, folder: Path) -> int:
    """Rows committed; -1 while there is no table yet."""
    path = folder / DATABASE
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            (rows,) = connection.execute(contestant.stored).fetchone()
    except sqlite3.Error:
        return -1
    return int(rows)
