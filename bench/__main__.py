"""`make bench`: every figure beside its peer or its floor, measured in the same run.

`python -m bench [drain] [ingest] [day] [decode] [agent] [portal] [--write]` runs these benches, or
all; `--write` makes docs/benchmarks.md and its raw figures from a run of all.
"""

import argparse
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from bench.agent import bench as agent
from bench.day import bench as day
from bench.decode import bench as decode
from bench.drain import bench as drain
from bench.ingest import bench as ingest
from bench.machine import Machine, this_machine
from bench.portal import bench as portal
from bench.report import Section, markdown

_REPOSITORY = Path(__file__).parent.parent
#: On the disk of the clone: a bench of what is written to a disk needs one.
_WORK = _REPOSITORY / ".parts" / "bench"
_DOCUMENT = _REPOSITORY / "docs" / "benchmarks.md"
_RESULTS = _REPOSITORY / "bench" / "results"

_BENCHES: dict[str, Callable[[Path], list[Section]]] = {
    "drain": lambda folder: [drain.run(folder)],
    "ingest": lambda folder: [ingest.run(folder)],
    "day": day.run,
    "decode": lambda folder: [decode.run(folder)],
    "agent": lambda folder: [agent.run(folder)],
    "portal": lambda folder: [portal.run(folder)],
}
_PREFACE = """\
# Benchmarks

What the product costs, beside what the same work costs others and beside the least that it could.
Made by `make bench WRITE=--write`; every figure of the run: [{raw}](../bench/results/{raw}).
Ratios count here: times are those of one machine, and what a disk waits is not what a card waits.
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(_BENCHES)}")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    if unknown := set(given.names) - set(_BENCHES):
        parser.error(f"no bench is named {', '.join(sorted(unknown))}: {', '.join(_BENCHES)}")
    if given.write and given.names:
        parser.error("--write needs a run of all benches: name none")
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    machine = this_machine(_REPOSITORY)
    sections = [section for name in given.names or _BENCHES for section in _run(name)]
    report = markdown(sections, machine)
    print(report)
    if given.write:
        _write(report, sections, machine)
    return 0


def _run(name: str) -> list[Section]:
    print(f"{name} …", file=sys.stderr, flush=True)
    folder = _WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sections = _BENCHES[name](folder)
    shutil.rmtree(folder)  # what failed is kept, to be looked at
    return sections


def _write(report: str, sections: list[Section], machine: Machine) -> None:
    raw = f"{machine.date}.json"
    _DOCUMENT.write_text(f"{_PREFACE.format(raw=raw)}\n{report}", encoding="utf-8")
    _RESULTS.mkdir(exist_ok=True)
    figures = {section.title: section.raw for section in sections}
    text = msgspec.json.format(msgspec.json.encode((machine, figures)), indent=1)
    (_RESULTS / raw).write_bytes(text + b"\n")


if __name__ == "__main__":
    sys.exit(main())
