"""3 and 4. A day aboard: what it writes to the card, and what it sends."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench import programs, tracing
from bench.day import samples
from bench.day.curve import check
from bench.day.day import Day
from bench.day.life import Lived
from bench.day.relay import Counts, relay
from bench.day.singles import Singles, of_accepted, of_backlog, of_recorded
from bench.processes import BenchFailed, Cost, broker, connections, running, until
from bench.report import Section
from bench.rows import age
from bench.tracing import Asked
from triporteur_depot.database import epoch, open_reader
from triporteur_device.config import JOURNAL_NAME

#: Small, so that the day goes through forgetting; one of 256 MB forgets as often once it is full.
BUDGET_MB = 8
#: Every commit of the plain way costs the same: a part of the day tells the whole.
ONE_IN = 13
_RAM = Path("/dev/shm")  # noqa: S108 - a snapshot lives in RAM, here as in /run aboard
_DATABASE = "depot.db"


def run(folder: Path) -> list[Section]:
    """Lives the day in `folder`, and the plain way beside it."""
    day = folder / "day"
    count = samples.write(day)
    journal = folder / "unit" / JOURNAL_NAME
    journal.parent.mkdir()
    with _road(folder) as (port, counts):
        aged = age(journal, BUDGET_MB * 1_000_000, _epoch(folder / _DATABASE))
        _acquaint(folder / _DATABASE, *aged)
        lived, asked = _live(folder, day, port)
        until(lambda: counts().up.get("disconnect", 0) > 0)
        sent = counts()
    curve = check(day, folder / _DATABASE)
    return Day(
        *(count, BUDGET_MB, lived, asked, curve, sent),
        *_singles(folder, day),
        *(ONE_IN, *_naive(folder, day)),
    ).sections()


def _acquaint(database: Path, log: str, last: int) -> None:
    """The depot has the log, and would be sent it again otherwise."""
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute("INSERT INTO units (name, heard_utc_ms) VALUES (?, 0)", (programs.UNIT,))
        connection.execute(
            "INSERT INTO logs (unit_id, log, boot_no) SELECT id, ?, 1 FROM units", (log,)
        )
        connection.execute("INSERT INTO coverage SELECT id, 1, ? FROM logs", (last,))


@contextmanager
def _road(folder: Path) -> Iterator[tuple[int, Callable[[], Counts]]]:
    """A broker, a depot, and the port at which a unit's bytes are counted."""
    with ExitStack() as stack:
        _, port = stack.enter_context(broker(folder))
        # Every segment acknowledged at once, or the day would wait 40 ms a commit (Nagle).
        depot_port, _ = stack.enter_context(relay(port, hurried=True))
        unit_port, carried = stack.enter_context(relay(port, hurried=True))
        command = programs.depot(folder, folder / _DATABASE, depot_port)
        depot = stack.enter_context(running(folder / "depot.log", *command))
        until(lambda: connections(port) > 0, depot)
        yield unit_port, carried.counts


def _live(folder: Path, day: Path, port: int) -> tuple[Lived, Asked | None]:
    trace, result = folder / "life.trace", folder / "life.json"
    with TemporaryDirectory(dir=_RAM if _RAM.is_dir() else None) as ram:
        config = programs.unit_toml(
            folder,
            journals=folder / "unit",
            snapshot=Path(ram) / "snapshot.json",
            port=port,
            sources=samples.PROTOCOL_OF,
            budget_mb=BUDGET_MB,
        )
        asked = _to_its_end(folder / "life.log", trace, "bench.day.life", day, config, result)
    return msgspec.json.decode(result.read_bytes(), type=Lived), asked


def _singles(folder: Path, day: Path) -> tuple[Singles, Singles, Singles]:
    """The day's records in full batches, then as messages of their own, then every sample."""
    with broker(folder) as (_, port):
        database = folder / _DATABASE
        return of_backlog(port, database), of_recorded(port, database), of_accepted(port, day)


def _epoch(database: Path) -> str:
    with closing(open_reader(database)) as connection:
        return epoch(connection)


def _naive(folder: Path, day: Path) -> tuple[Cost, Asked | None]:
    trace, result = folder / "naive.trace", folder / "naive.json"
    journal = folder / "naive.journal"
    asked = _to_its_end(
        folder / "naive.log", trace, "bench.day.naive", day, journal, ONE_IN, result
    )
    return msgspec.json.decode(result.read_bytes(), type=Cost), asked


def _to_its_end(log: Path, trace: Path, module: str, *words: object) -> Asked | None:
    """Runs a module, under strace where there is one; gives what that counted."""
    before = tracing.traced(trace) if tracing.available() else ()
    command = (*before, sys.executable, "-m", module, *map(str, words))
    with running(log, *command) as child:
        if child.process.wait():
            raise BenchFailed(f"{module} failed; see {log}")
    if not before:
        return None
    tracing.wait_for_end(trace, child)
    return tracing.read(trace)
