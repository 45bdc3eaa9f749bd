"""`make chaos`: lets every fault loose on the whole road, and says whether a record was lost.

`python -m tests.chaos [--seed N] [--only WORDS] [--keep FOLDER]`; exit status 1 when one was.
"""

import argparse
import os
import secrets
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.chaos import table
from tests.chaos.field import Interrupted
from tests.chaos.play import Outcome, run
from tests.chaos.scenarios import FULL, Scenario

#: Most of a scenario is waiting: for a link, for a reconnect.
_AT_ONCE = 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--only", default="", help="scenarios whose name has these words")
    parser.add_argument("--keep", type=Path, help="keep every file of the run below this folder")
    asked = parser.parse_args()
    chosen = [one for one in FULL if asked.only in one.name]
    if not chosen:
        names = "\n".join(f"  {one.name}" for one in FULL)
        parser.error(f"no scenario has {asked.only!r} in its name; they are:\n{names}")
    if os.getuid() and any(one.loss_pct for one in chosen):
        parser.error("lost packets need a network namespace, and that needs root: use sudo")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print(f"Seed {asked.seed}: repeat with make chaos SEED={asked.seed}", flush=True)
    began_s = time.monotonic()
    try:
        outcomes = _run_all(chosen, asked.seed, asked.keep, stop)
    except Interrupted:
        return 1
    for line in table.lines(outcomes):
        print(line)
    print(f"{time.monotonic() - began_s:.0f} s, seed {asked.seed}")
    return 0 if all(outcome.holds for outcome in outcomes) else 1


def _run_all(
    chosen: list[Scenario], seed: int, keep: Path | None, stop: threading.Event
) -> list[Outcome]:
    """In the order asked for, though they end in another; a hole is told as soon as it is found."""
    longest_first = sorted(chosen, key=lambda one: -one.seconds)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        running = [pool.submit(run, one, seed, stop, _folder(keep, one)) for one in longest_first]
        done = {}
        for future in as_completed(running):
            outcome = future.result()
            done[outcome.scenario.name] = outcome
            word = "holds" if outcome.holds else "BROKEN"
            print(f"{outcome.scenario.name}: {word}", flush=True)
            for line in () if outcome.holds else outcome.story():
                print(f"  {line}", flush=True)
    return [done[one.name] for one in chosen]


def _folder(keep: Path | None, scenario: Scenario) -> Path | None:
    if keep is None:
        return None
    folder = keep.absolute() / scenario.name.replace(" ", "-")
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
