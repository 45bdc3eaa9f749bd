"""How fast a backlog goes from a closed journal to rows committed at the depot."""

import resource
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

_MOSQUITTO = Path(__file__).parent.parent / "bin" / "mosquitto"
_LOOK_AGAIN_S = 0.02
_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Drained:
    """Seconds from the sender's start to the last row, and CPU seconds of both ends together."""

    rows: int
    seconds: float
    cpu_s: float

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds


def drain(module: str, journal: Path, folder: Path, rows: int) -> Drained:
    """Runs both ends of `module` over a broker of their own, until `rows` are committed."""
    port = _free_port()
    database = folder / f"{module}.db"
    config = folder / f"{module}.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\n")
    with _process(str(_MOSQUITTO), "-c", str(config)):
        _until(lambda: _listens(port))
        cpu_s = _children_cpu_s()
        with _process(sys.executable, "-m", f"bench.{module}", "store", str(database), str(port)):
            _until(lambda: _count(database) == 0)
            start_s = time.monotonic()
            with _process(sys.executable, "-m", f"bench.{module}", "send", str(journal), str(port)):
                _until(lambda: _count(database) >= rows)
                seconds = time.monotonic() - start_s
        return Drained(rows, seconds, _children_cpu_s() - cpu_s)


def _count(database: Path) -> int:
    """Rows committed; -1 while there is no table yet."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            (last,) = connection.execute("SELECT count(*) FROM records").fetchone()
    except sqlite3.Error:
        return -1
    return int(last)


def _until(condition: Callable[[], bool]) -> None:
    until_s = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > until_s:
            raise TimeoutError("the bench did not come to its end")
        time.sleep(_LOOK_AGAIN_S)


@contextmanager
def _process(*command: str) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
