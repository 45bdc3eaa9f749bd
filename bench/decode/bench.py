"""Decoders: frames a second, beside what else reads the same bytes in Python."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.decode.peers import PEERS, WITHOUT, Peer
from bench.decode.work import Work, work
from bench.figures import ROUNDS, middle, times, whole
from bench.installed import NotInstalled, python_with
from bench.report import Section, Table, Target

_SECONDS = 1.0
_DRIVE = Path(__file__).with_name("drive.py")
_OURS = Path(sys.executable)

_METHOD = f"""\
The good frames of `tests/frames`, one call a frame, from bytes in memory to named values; for
Modbus, ordinary answers of 20 registers. *ours* takes any chunks, checks, names, scales and drops
what is not plausible. Each peer does what it does behind its serial port, in an environment of its
own with the same Python, on those frames that it can read, and ours on the same ones. *Frames
alone*: ours as far as frames whose checksum holds, without what they mean. Medians of {ROUNDS}
rounds of {_SECONDS:g} s, in turn. No device sends more than some ten frames a second."""


@dataclass(frozen=True, slots=True)
class Race:
    """Frames a second, round by round; `peer` is None where ours runs alone, on all frames.

    `bare` is ours as far as frames whose checksum holds.
    """

    protocol: str
    peer: Peer | None
    of: int
    frames: int
    ours: list[float]
    bare: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        return middle(self.ours) / middle(self.theirs)


def run(folder: Path) -> Section:
    """Runs it all in `folder`."""
    races: list[Race] = []
    missing: list[str] = []
    for one in work():
        file = folder / f"{one.protocol}.json"
        file.write_text(json.dumps([[q.hex(), a.hex()] for q, a in one.answers]))
        races.append(_alone(one, file))
        for peer in PEERS:
            if peer.protocol == one.protocol:
                try:
                    races.append(_race(one, file, peer))
                except NotInstalled as error:
                    missing.append(f"{peer.name} {peer.version} could not be installed: {error}")
    return _section(races, missing)


def _alone(one: Work, file: Path) -> Race:
    numbers = list(range(len(one.answers)))
    ours, bare = _by_reader(_rounds(one, file, numbers), 2)
    return Race(one.protocol, None, len(numbers), len(numbers), ours, bare, [])


def _race(one: Work, file: Path, peer: Peer) -> Race:
    python = python_with(peer.name, peer.version, *peer.needs)
    numbers = json.loads(_drive(python, peer.name, one.protocol, file))
    rounds = _rounds(one, file, numbers, (python, peer.name)) if numbers else []
    return Race(one.protocol, peer, len(one.answers), len(numbers), *_by_reader(rounds, 3))


def _rounds(
    one: Work, file: Path, numbers: list[int], *peer: tuple[Path, str]
) -> list[tuple[float, ...]]:
    """Frames a second of ours, of ours without meaning, and of the peer, in turn."""
    readers = ((_OURS, "ours"), (_OURS, "frames"), *peer)
    return [
        tuple(_rate(python, reader, one.protocol, file, numbers) for python, reader in readers)
        for _ in range(ROUNDS)
    ]


def _by_reader(rounds: list[tuple[float, ...]], readers: int) -> list[list[float]]:
    return [[each[reader] for each in rounds] for reader in range(readers)]


def _rate(python: Path, reader: str, protocol: str, file: Path, numbers: list[int]) -> float:
    wanted = ",".join(map(str, numbers))
    count, took_s = json.loads(_drive(python, reader, protocol, file, str(_SECONDS), wanted))
    return float(count / took_s)


def _drive(python: Path, *words: str | Path) -> str:
    ours = {"PYTHONPATH": os.pathsep.join(sys.path)} if python == _OURS else {}
    command = [str(word) for word in (python, "-W", "ignore", _DRIVE, *words)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | ours
    )
    return done.stdout


def _section(races: list[Race], missing: list[str]) -> Section:
    alone = [race for race in races if race.peer is None]
    beside = [race for race in races if race.theirs]
    tables = [
        Table(
            ("protocol", "frames", "values, frames/s", "frames alone, frames/s"),
            [(race.protocol, str(race.frames), *_figures(race)) for race in alone],
        ),
        Table(
            ("", "protocol", "it reads", "its frames/s", "ours", "ours, frames alone", "ratio"),
            [_row(race) for race in beside],
        ),
    ]
    return Section(
        "Decoders",
        _METHOD,
        tables,
        [_target(race) for race in beside],
        [*map(_remark, (race for race in races if race.peer)), *missing, WITHOUT],
        races,
    )


def _row(race: Race) -> tuple[str, ...]:
    assert race.peer
    return (
        f"{race.peer.name} {race.peer.version}",
        race.protocol,
        f"{race.frames} of {race.of}",
        whole(middle(race.theirs)),
        *_figures(race),
        times(race.ratio),
    )


def _figures(race: Race) -> tuple[str, str]:
    return whole(middle(race.ours)), whole(middle(race.bare))


def _target(race: Race) -> Target:
    assert race.peer
    wanted = f"at least 1 × {race.peer.name}, {race.protocol}"
    why = f"It does less: {race.peer.less}."
    return Target(wanted, times(race.ratio), race.ratio >= 1, why)


def _remark(race: Race) -> str:
    assert race.peer
    reads = "reads none of these frames; " if not race.frames else ""
    return f"{race.peer.name}, {race.protocol}: {reads}{race.peer.less}."
