"""`python -m tests.seasons`: years of outings in worlds with laws of their own, and the score.

`python -m tests.seasons [--seed N] [--seeds N] [--outings N] [--law NAME]`; exit status 1 when a
promise is not kept. Seed N is one season; without it, `--seeds` are drawn, and printed.
"""

import argparse
import multiprocessing
import os
import random
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.seasons.laws import LAWS
from tests.seasons.season import Played, season
from tests.seasons.table import HEAD, ours, rows, today
from triporteur_wire.readiness import Verdict


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.seasons")
    parser.add_argument("--seed", type=int, help="one season of this seed alone")
    parser.add_argument("--draw", type=int, default=secrets.randbelow(2**31), metavar="N")
    parser.add_argument("--seeds", type=int, default=20, help="how many to draw")
    parser.add_argument("--outings", type=int, default=200, help="of each season")
    parser.add_argument("--law", choices=[*LAWS, "all"], default="all")
    asked = parser.parse_args()
    drawn = random.Random(asked.draw).sample(range(100_000), asked.seeds)
    seeds = drawn if asked.seed is None else [asked.seed]
    laws = list(LAWS) if asked.law == "all" else [asked.law]
    if asked.seed is None:
        print(f"Draw {asked.draw}: repeat with --draw {asked.draw}")
    print("Seeds", *seeds, flush=True)
    began_s = time.monotonic()
    print(HEAD, flush=True)
    held = [_play(law, seeds, asked.outings) for law in laws]
    print(f"{time.monotonic() - began_s:.0f} s")
    return 0 if all(held) else 1


def _play(law: str, seeds: Sequence[int], outings: int) -> bool:
    """Plays and scores one law; whether every promise is kept."""
    with ProcessPoolExecutor(initializer=_end_with_parent) as pool:
        running = [pool.submit(_season, law, seed, outings) for seed in seeds]
        seasons = [future.result() for future in running]
    for seed, played in zip(seeds, seasons, strict=True):
        _tell_failures(law, seed, played)
    every = [one for played in seasons for one in played]
    we, they = ours(every), today(every)
    print(*rows(law, we, they), sep="\n", flush=True)
    return we.holds


def _end_with_parent() -> None:
    """However that one ends: a season lasts for minutes, and nobody would wait for it any more."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _season(law: str, seed: int, outings: int) -> list[Played]:
    return list(season(law, seed, outings))


def _tell_failures(law: str, seed: int, played: Sequence[Played]) -> None:
    for one in played:
        if one.verdict is Verdict.GO and one.trip.ran_empty:
            print(f"{law}, seed {seed}: sent out and ran empty: {one}")


if __name__ == "__main__":
    sys.exit(main())
