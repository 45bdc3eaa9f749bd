"""The agent at work: its share of one core and its memory, with four devices at their own pace."""

import time
from dataclasses import dataclass
from pathlib import Path

from bench import programs
from bench.figures import megabytes
from bench.processes import Child, broker, resident_bytes, running, until, weigh
from bench.report import Section, Table, Target
from triporteur_device.snapshot import read_snapshot

#: A board, a shunt, a board of another make, and a motor's controller.
DEVICES = ("jbd", "vedirect", "daly_a5", "vesc")
_WARM_S, _MEASURED_S, _LOOK_S = 20.0, 120.0, 5.0
_MOST_SHARE, _MOST_BYTES = 0.02, 45e6

_METHOD = f"""\
`triporteur-device run` with its defaults and four sources ({", ".join(DEVICES)}), simulated on
pseudo-terminals at their own pace, about once a second each, by a trike on a market; a broker and a
depot on loopback, without TLS. {_MEASURED_S:.0f} s, after {_WARM_S:.0f} s to settle; CPU and memory
as the kernel counts them for the agent's process alone."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Seconds of CPU in seconds of time; resident memory at each look; frames by source."""

    cpu_s: float
    seconds: float
    resident_bytes: list[int]
    peak_bytes: int
    frames: dict[str, int]

    @property
    def share(self) -> float:
        return self.cpu_s / self.seconds


def run(folder: Path) -> Section:
    """Runs it all in `folder`."""
    ports = {device: folder / device for device in DEVICES}
    places = [f"{device}={port}" for device, port in ports.items()]
    with (
        broker(folder) as (_, port),
        running(folder / "depot.log", *programs.depot(folder, folder / "depot.db", port)),
        running(folder / "simulator.log", *programs.simulator(*places)) as simulator,
    ):
        until(lambda: all(place.exists() for place in ports.values()), simulator)
        snapshot = folder / "run" / "snapshot.json"
        command = programs.unit_reading(folder, snapshot, port, ports)
        with running(folder / "unit.log", *command) as unit:
            until(lambda: _frames(snapshot).keys() == set(DEVICES), unit, simulator)
            return _section(_watch(unit, snapshot))


def _watch(unit: Child, snapshot: Path) -> Raw:
    time.sleep(_WARM_S)
    frames, before, start_s = _frames(snapshot), weigh(unit.pid), time.monotonic()
    resident = []
    while time.monotonic() - start_s < _MEASURED_S:
        time.sleep(_LOOK_S)
        unit.check()
        resident.append(resident_bytes(unit.pid))
    cost, seconds = weigh(unit.pid).since(before), time.monotonic() - start_s
    heard = {source: count - frames[source] for source, count in _frames(snapshot).items()}
    return Raw(cost.cpu_s, seconds, resident, cost.peak_bytes, heard)


def _frames(snapshot: Path) -> dict[str, int]:
    """Good frames of each source that was heard."""
    shown = read_snapshot(snapshot)
    sources = shown.status.sources if shown else {}
    heard = {name: health.frames for name, health in sources.items() if name in DEVICES}
    return {name: frames for name, frames in heard.items() if frames}


def _section(raw: Raw) -> Section:
    most = max(raw.resident_bytes)
    table = Table(
        ("", "frames/s", "CPU, % of a core", "resident MB", "peak MB"),
        [
            (
                "triporteur-device, four sources",
                f"{sum(raw.frames.values()) / raw.seconds:.1f}",
                f"{100 * raw.share:.2f}",
                megabytes(most),
                megabytes(raw.peak_bytes),
            )
        ],
    )
    targets = [
        Target("at most 2 % of one core", f"{100 * raw.share:.2f} %", raw.share <= _MOST_SHARE),
        Target("at most 45 MB resident", f"{megabytes(most)} MB", most <= _MOST_BYTES),
    ]
    return Section("The agent at work", _METHOD, [table], targets, raw=raw)
