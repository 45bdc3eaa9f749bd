"""Playing a raw byte stream down the road, and judging what the depot made of it.

Run by hand on a recorded stream: `python -m tests.journey.stream PROTOCOL FILE`.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rig import Road, wait_for
from triporteur_device.protocols import PROTOCOLS, Discarded, Frame
from triporteur_device.simulators.instrument import Burst
from triporteur_device.simulators.terminal import Terminal
from triporteur_wire.quantities import QUANTITIES, Value, moved

_PIECE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Told:
    """What went in, and what the unit and the depot say of it."""

    frames: int
    refused: int
    unit_frames: int
    unit_refused: int
    stored_records: int
    checked_values: int
    seconds: float


class StoodStill(Exception):
    """Not the line was silent, but this process, whom its machine gave no time."""


def play(road: Road, protocol: str, stream: bytes) -> Told:
    """Feeds the stream at its line's pace to a fresh unit; fails where a value left its band.

    Raises StoodStill.
    """
    spec = PROTOCOLS[protocol]
    terminal = Terminal(road.port("ben", protocol), spec.baud)
    try:
        unit = road.start_unit("ben", protocol)
        wait_for(lambda: _is_reading(unit, road.port("ben", protocol)), "the unit has the port")
        _wait_for_ticks(road, 2)
        seconds, longest_s = _feed(terminal, stream)
        if longest_s > spec.quiet_s / 2:
            raise StoodStill
        wait_for(lambda: not _readings(road, protocol), "the source is said silent after its end")
        wait_for(lambda: not _status(road)["delivery"]["waiting"], "the depot has it all")
        health = _status(road)["sources"][protocol]
    finally:
        terminal.close()
    events = [*(decoder := spec.decoder()).receive(stream), *decoder.reset()]
    observations = [_values(protocol, event) for event in events if isinstance(event, Frame)]
    bodies = [r["body"] for r in road.records("ben") if r["kind"] == "telemetry"]
    telemetry = [values for source, values in bodies if source == protocol]
    stored = [values for values in telemetry if None not in values.values()]
    return Told(
        frames=len(observations),
        refused=sum(isinstance(e, Discarded) and e.fault != "noise" for e in events),
        unit_frames=health["frames"],
        unit_refused=health["refused"],
        stored_records=len(stored),
        checked_values=_check(observations, iter(stored)),
        seconds=seconds,
    )


def _check(observations: list[dict[str, Value]], stored: Iterator[dict[str, Any]]) -> int:
    """Walks the accepted frames beside the stored records; counts the values held in band.

    A record is consumed only by a frame that left the band of what was held, and must then bring
    every value of that frame back within it.
    """
    held: dict[str, Value] = {}
    checked = 0
    for number, values in enumerate(observations):
        if not _in_band(held, values):
            held |= {name: _as_value(value) for name, value in next(stored, {}).items()}
        assert _in_band(held, values), f"frame {number}: {values} but the depot holds {held}"
        checked += len(values)
    assert next(stored, None) is None, "the depot holds a record that no frame called for"
    return checked


def _in_band(held: Mapping[str, Value], values: Mapping[str, Value]) -> bool:
    return all(
        name in held and not moved(name, held[name], value)
        for name, value in values.items()
        if QUANTITIES[name].recorded
    )


def _as_value(value: Any) -> Value:
    return tuple(value) if isinstance(value, list) else value


def _values(protocol: str, frame: Frame) -> dict[str, Value]:
    return dict(PROTOCOLS[protocol].reading(frame).values)


def _feed(terminal: Terminal, stream: bytes) -> tuple[float, float]:
    """Sends the stream as fast as the line goes, and no faster.

    The seconds that took, and the longest of them in which nothing was sent.
    """
    start_s = last_s = time.monotonic()
    longest_s = 0.0
    for at in range(0, len(stream), _PIECE_BYTES):
        terminal.line.send([Burst(0.0, stream[at : at + _PIECE_BYTES])], time.monotonic())
        while (due_s := terminal.line.next_s()) is not None:
            threading.Event().wait(max(0.0, due_s - time.monotonic()))
            now_s = time.monotonic()
            terminal.flush(now_s)
            last_s, longest_s = now_s, max(longest_s, now_s - last_s)
    return time.monotonic() - start_s, longest_s


def _is_reading(unit: "subprocess.Popen[bytes]", port: Path) -> bool:
    target = port.readlink()
    for handle in Path(f"/proc/{unit.pid}/fd").iterdir():
        try:
            if handle.readlink() == target:
                return True
        except FileNotFoundError:
            continue  # closed while we looked
    return False


def _wait_for_ticks(road: Road, count: int) -> None:
    for _ in range(count):
        before = (road.status("ben") or {}).get("mono_ms")
        wait_for(
            lambda before=before: (road.status("ben") or {}).get("mono_ms") != before,  # type: ignore[misc]
            "the unit's clock goes on",
        )


def _status(road: Road) -> dict[str, Any]:
    return wait_for(lambda: road.status("ben"), "the unit has a status") or {}


def _readings(road: Road, protocol: str) -> dict[str, Any]:
    readings: dict[str, Any] = _status(road)["readings"][protocol]
    return readings


def main(protocol: str, file: str) -> None:
    with tempfile.TemporaryDirectory() as folder, Road(Path(folder)) as road:
        road.start_broker()
        road.start_depot()
        print(play(road, protocol, Path(file).read_bytes()))


if __name__ == "__main__":
    main(*sys.argv[1:])
