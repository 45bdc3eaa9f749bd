"""1. Backlog drain: from a closed storage to rows committed at the depot."""

import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bench import tracing
from bench.drain import thingsboard
from bench.drain.contestants import FLOOR, OURS, THINGSBOARD, Contestant
from bench.drain.race import Drained, counted, race
from bench.figures import ROUNDS, megabytes, middle, times, whole
from bench.installed import NotInstalled
from bench.report import Section, Table, Target
from bench.rows import fill
from bench.tracing import Asked
from triporteur_device.config import JOURNAL_NAME
from triporteur_device.delivery.shipper import BATCH_RECORDS, WINDOW

_ROWS = 200_000
_PEER_TARGET, _FLOOR_TARGET = 10, 0.6

_METHOD = f"""\
{whole(_ROWS)} rows of eight quantities, a second apart, wait in a closed storage; from the moment
the sender is connected to the broker until the last row is committed at the other end (SQLite,
WAL, `synchronous = FULL`). Medians of {ROUNDS} rounds, alternating. *ours*: `triporteur-device run`
and `triporteur-depot run` (with its pages), {BATCH_RECORDS} rows a message, {WINDOW} messages under
way, the link's share at 1. *floor*: the same batches and window through bare paho, zlib and
sqlite3. *thingsboard-gateway* {thingsboard.VERSION}: its SQLite storage, filled by its own code,
QoS 1, its own defaults; in ThingsBoard's place a paho subscriber that answers `getSessionLimits`
with no limits and commits its rows as the floor does. CPU: sender and store together. Disk waits
and bytes asked for were counted by strace in a run that was not timed."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Every round, and what strace counted: of the sender, of the store."""

    rounds: list[Drained]
    asked: dict[str, tuple[Asked, Asked]]
    missing: str


def run(folder: Path) -> Section:
    """Runs it all in `folder`."""
    filled = folder / "filled"
    filled.mkdir()
    fill(filled / JOURNAL_NAME, _ROWS)
    contestants, missing = _contestants(filled)
    rounds = [
        race(contestant, filled, folder / f"{contestant.name}-{number}", _ROWS)
        for number in range(ROUNDS)
        for contestant in contestants
    ]
    asked = {
        contestant.name: counted(contestant, filled, folder / f"{contestant.name}-traced", _ROWS)
        for contestant in contestants
        if tracing.available()
    }
    return _section(Raw(rounds, asked, missing))


def _contestants(filled: Path) -> tuple[list[Contestant], str]:
    """Who runs, and why the peer does not, if it cannot."""
    try:
        thingsboard.fill(filled / JOURNAL_NAME, filled)
    except NotInstalled as error:
        return [FLOOR, OURS], f"thingsboard-gateway could not be installed: {error}"
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:]
        return [FLOOR, OURS], f"thingsboard-gateway could not be run: {' '.join(last) or error}"
    return [FLOOR, OURS, THINGSBOARD], ""


def _section(raw: Raw) -> Section:
    by_name: dict[str, list[Drained]] = defaultdict(list)
    for drained in raw.rounds:
        by_name[drained.contestant].append(drained)
    table = Table(
        (
            *("", "rows/s", "rows/s from the first", "CPU s", "peak MB: sender", "store"),
            *("disk waits: sender", "store", "MB written: sender", "store"),
        ),
        [_row(name, rounds, raw.asked.get(name)) for name, rounds in by_name.items()],
    )
    return Section(
        "Backlog drain",
        _METHOD,
        [table],
        list(_targets(by_name)),
        [raw.missing] if raw.missing else [],
        raw,
    )


def _row(name: str, rounds: list[Drained], asked: tuple[Asked, Asked] | None) -> tuple[str, ...]:
    return (
        name,
        whole(middle(one.rows_per_s for one in rounds)),
        whole(middle(one.steady_rows_per_s for one in rounds)),
        f"{middle(one.cpu_s for one in rounds):.2f}",
        megabytes(middle(one.sender.peak_bytes for one in rounds)),
        megabytes(middle(one.store.peak_bytes for one in rounds)),
        *([whole(end.syncs) for end in asked] if asked else ["–", "–"]),
        megabytes(middle(one.sender.written_bytes for one in rounds)),
        megabytes(middle(one.store.written_bytes for one in rounds)),
    )


def _targets(by_name: dict[str, list[Drained]]) -> list[Target]:
    speeds = {name: middle(one.rows_per_s for one in rounds) for name, rounds in by_name.items()}
    targets = [
        _target(
            f"at least {_FLOOR_TARGET} × the floor",
            speeds[OURS.name] / speeds[FLOOR.name],
            _FLOOR_TARGET,
        )
    ]
    if THINGSBOARD.name in speeds:
        wanted = f"at least {_PEER_TARGET} × thingsboard-gateway"
        targets.append(_target(wanted, speeds[OURS.name] / speeds[THINGSBOARD.name], _PEER_TARGET))
    return targets


def _target(wanted: str, ratio: float, least: float) -> Target:
    return Target(wanted, times(ratio), ratio >= least)
