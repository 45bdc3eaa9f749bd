"""wrk against one server, and what the answers cost it."""

import re
import subprocess
from dataclasses import dataclass

from bench.portal.servers import PORTAL_HOST, Server
from bench.processes import BenchFailed, Child, weigh

CONNECTIONS, SECONDS = 32, 6
_CLIENT_CORE = "1"
_P99 = re.compile(r"\b99%\s+([\d.]+)(us|ms|s)\b")
_COUNT = re.compile(r"(\d+) requests in")
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_FAULTS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked, of whom."""

    name: str
    host: str
    path: str


PROBE = Load("probe", "connectivitycheck.gstatic.com", "/generate_204")
PAGE = Load("page", PORTAL_HOST, "/")


@dataclass(frozen=True, slots=True)
class Run:
    """One load on one server: `cpu_us` is what each of `answers` cost it."""

    server: str
    load: str
    answers: int
    answers_per_s: float
    p99_ms: float
    faults: int
    cpu_us: float
    peak_bytes: int


def measure(server: Server, child: Child, load: Load) -> Run:
    """Raises BenchFailed when the server ends, or wrk says what nobody can read."""
    before = weigh(child.pid)
    said = _wrk(server.port, load)
    child.check()
    cost = weigh(child.pid).since(before)
    p99, count, rate = _P99.search(said), _COUNT.search(said), _RATE.search(said)
    if not (p99 and count and rate):
        raise BenchFailed(f"wrk said: {said}")
    faults = _FAULTS.search(said)
    return Run(
        server.name,
        load.name,
        int(count[1]),
        float(rate[1]),
        float(p99[1]) * _MS[p99[2]],
        sum(map(int, faults.groups())) if faults else 0,
        1e6 * cost.cpu_s / int(count[1]),
        cost.peak_bytes,
    )


def _wrk(port: int, load: Load) -> str:
    command = (
        "taskset", "--cpu-list", _CLIENT_CORE,
        "wrk", "--latency", "--threads=1", f"--connections={CONNECTIONS}", f"--duration={SECONDS}s",
        f"--header=Host: {load.host}", "--header=Connection: close",
        f"http://127.0.0.1:{port}{load.path}",
    )  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
