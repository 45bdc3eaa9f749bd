"""`make bench`: prints each figure beside its floor, measured in the same run."""

import platform
import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path

from bench.drain import Drained, drain
from bench.rows import fill

_ROWS = 100_000
_ROUNDS = 3


def main() -> int:
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        journal = folder / "device.journal"
        print(f"filling a journal with {_ROWS} rows of 8 quantities …", flush=True)
        fill(journal, _ROWS)
        floor, ours = [], []
        for number in range(_ROUNDS):
            (folder / str(number)).mkdir()
            floor.append(_told("floor", drain("floor", journal, folder / str(number), _ROWS)))
            ours.append(_told("ours", drain("ours", journal, folder / str(number), _ROWS)))
    speed = _median(ours, "rows_per_s") / _median(floor, "rows_per_s")
    cpu = _median(ours, "cpu_s") / _median(floor, "cpu_s")
    print(f"backlog drain: {speed:.2f} times the floor's speed, {cpu:.2f} times its CPU (medians)")
    return 0


def _told(name: str, drained: Drained) -> Drained:
    print(f"  {name:6} {drained.rows_per_s:9.0f} rows/s   {drained.cpu_s:5.2f} CPU s", flush=True)
    return drained


def _median(runs: list[Drained], figure: str) -> float:
    return statistics.median(float(getattr(run, figure)) for run in runs)


if __name__ == "__main__":
    sys.exit(main())
