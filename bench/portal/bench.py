"""The portal in a storm: probes and pages a second on one core, its CPU for each, its memory."""

import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from bench.figures import ROUNDS, megabytes, middle, times, whole
from bench.installed import NotInstalled
from bench.portal import servers
from bench.portal.load import CONNECTIONS, PAGE, PROBE, SECONDS, Load, Run, measure
from bench.portal.servers import HELLO, NGINX, OURS, Server
from bench.processes import BenchFailed, Child, running, until
from bench.report import Section, Table, Target

_SERVER_CORE = "0"
_LEAST_PER_S, _MOST_BYTES, _MOST_RATIO = 3000, 45e6, 2.0

_METHOD = f"""\
`triporteur-kiosk portal` with its defaults, a bare waitress that says hello with its own, and nginx
with one process that answers with the portal's own bytes; each on one core, and wrk on the other:
{CONNECTIONS} at once, a new connection for each question, as phones do; {SECONDS} s each, medians
of {ROUNDS} alternating rounds. *probe* is Android's, *page* the welcome. CPU and memory as the
kernel counts them for the server's process."""


def run(folder: Path) -> Section:
    """Runs it all in `folder`. Raises BenchFailed where wrk is missing or an answer is wrong."""
    if shutil.which("wrk") is None:
        raise BenchFailed("wrk is not installed: apt install wrk nginx-light")
    with ExitStack() as stack:
        started = {
            server: stack.enter_context(_started(folder, server))
            for server in (servers.portal(folder), servers.hello())
        }
        ours = next(iter(started))
        remarks = []
        try:
            nginx = servers.nginx(folder, *(_body(_ask(ours, load)) for load in (PROBE, PAGE)))
            started[nginx] = stack.enter_context(_started(folder, nginx))
            _compare(ours, nginx)
        except NotInstalled as error:
            remarks.append(f"nginx was left out: {error}.")
        return _section(list(_measured(started)), remarks)


def _measured(started: dict[Server, Child]) -> Iterator[Run]:
    for _ in range(ROUNDS):
        for load in (PROBE, PAGE):
            for server, child in started.items():
                if (server.name, load) != (HELLO, PAGE):
                    yield measure(server, child, load)


@contextmanager
def _started(folder: Path, server: Server) -> Iterator[Child]:
    """A server on its core, once it answers."""
    log = folder / f"{server.port}.log"
    with running(log, "taskset", "--cpu-list", _SERVER_CORE, *server.command) as child:
        until(lambda: _listens(server.port), child)
        yield child


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _ask(server: Server, load: Load) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(f"GET {load.path} HTTP/1.1\r\nHost: {load.host}\r\n\r\n".encode())
        return b"".join(iter(lambda: line.recv(65_536), b""))


def _body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def _compare(ours: Server, nginx: Server) -> None:
    for load in (PROBE, PAGE):
        told, same = _ask(ours, load), _ask(nginx, load)
        if (told.split()[1], _body(told)) != (same.split()[1], _body(same)):
            raise BenchFailed(f"nginx does not answer a {load.name} as the portal does")


def _section(runs: list[Run], remarks: list[str]) -> Section:
    rows = [
        _row(f"{load.name}: {name}", found)
        for load in (PROBE, PAGE)
        for name in (OURS, HELLO, NGINX)
        if (found := _of(runs, name, load))
    ]
    ours, hello = _of(runs, OURS, PROBE), _of(runs, HELLO, PROBE)
    per_s = middle(one.answers_per_s for one in ours)
    most = max(one.peak_bytes for one in runs if one.server == OURS)
    ratio = middle(one.cpu_us for one in ours) / middle(one.cpu_us for one in hello)
    targets = [
        Target("at least 3 000 probes/s on one core", whole(per_s), per_s >= _LEAST_PER_S),
        Target("at most 2 × a bare waitress, CPU for a probe", times(ratio), ratio <= _MOST_RATIO),
        Target("at most 45 MB resident", f"{megabytes(most)} MB", most <= _MOST_BYTES),
    ]
    columns = ("", "answers/s", "p99 ms", "CPU µs each", "peak MB", "faults")
    raw = [asdict(one) for one in runs]
    return Section("The portal", _METHOD, [Table(columns, rows)], targets, remarks, raw)


def _of(runs: Iterable[Run], name: str, load: Load) -> list[Run]:
    return [one for one in runs if (one.server, one.load) == (name, load.name)]


def _row(name: str, runs: list[Run]) -> tuple[str, ...]:
    return (
        name,
        whole(middle(one.answers_per_s for one in runs)),
        f"{middle(one.p99_ms for one in runs):.0f}",
        whole(middle(one.cpu_us for one in runs)),
        megabytes(max(one.peak_bytes for one in runs)),
        str(sum(one.faults for one in runs)),
    )
