"""A bench's child processes: started, waited for, weighed, and ended by their own pid."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_REPOSITORY = Path(__file__).parent.parent
_LOOK_AGAIN_S = 0.01
_PATIENCE_S = 300.0
_END_S = 15.0
_ESTABLISHED = "01"  # /proc/net/tcp


class BenchFailed(RuntimeError):
    """Something that was to be measured did not come to its end; says where to look."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running process, and where its words go."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def check(self) -> None:
        """Raises BenchFailed when it has died."""
        if self.process.poll() is not None:
            raise BenchFailed(f"{self.log.stem} ended early; see {self.log}")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds, peak of resident memory, and bytes handed to the disk, as the kernel says.

    `written_bytes` counts pages made dirty on a file system that has a disk beneath it.
    """

    cpu_s: float
    peak_bytes: int
    written_bytes: int

    def since(self, before: "Cost") -> "Cost":
        return Cost(
            self.cpu_s - before.cpu_s, self.peak_bytes, self.written_bytes - before.written_bytes
        )


def weigh(pid: int) -> Cost:
    """What the process has cost until now. Raises OSError once it is gone."""
    process = Path("/proc") / str(pid)
    # The name, in brackets, may hold anything; utime and stime are the 12th and 13th after it.
    after_name = (process / "stat").read_text().rpartition(")")[2].split()
    ticks = int(after_name[11]) + int(after_name[12])
    peak_kb = _field(process / "status", "VmHWM:")
    return Cost(
        ticks / os.sysconf("SC_CLK_TCK"),
        peak_kb * 1024,
        _field(process / "io", "write_bytes:"),
    )


def resident_bytes(pid: int) -> int:
    """What the process holds in memory now. Raises OSError once it is gone."""
    return _field(Path("/proc") / str(pid) / "status", "VmRSS:") * 1024


def _field(path: Path, name: str) -> int:
    lines = path.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


@contextmanager
def running(log: Path, *command: str | Path) -> Iterator[Child]:
    """A process at work beside its log; told to end, and waited for, when the context is left."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=log.parent,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(_REPOSITORY), *sys.path])},
        )
    try:
        yield Child(process, log)
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def broker(folder: Path) -> Iterator[tuple[Child, int]]:
    """A mosquitto of its own, and its port. It queues without limit: nothing is to be lost."""
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\n"
        "max_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\n"
    )
    command = (_REPOSITORY / "bin" / "mosquitto", "-c", config)
    with running(folder / "mosquitto.log", *command) as child:
        until(lambda: _listens(port), child)
        yield child, port


def until(condition: Callable[[], bool], *alive: Child) -> None:
    """Waits for the condition. Raises BenchFailed when one of `alive` dies, or it never comes."""
    until_s = time.monotonic() + _PATIENCE_S
    while not condition():
        for child in alive:
            child.check()
        if time.monotonic() > until_s:
            where = ", ".join(str(child.log) for child in alive)
            raise BenchFailed(f"nothing more came for {_PATIENCE_S:.0f} s; see {where}")
        time.sleep(_LOOK_AGAIN_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connections(port: int) -> int:
    """How many TCP connections the listener at this port of loopback has."""
    here = f"0100007F:{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1] == here and row[3] == _ESTABLISHED for row in rows)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
