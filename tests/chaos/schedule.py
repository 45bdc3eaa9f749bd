"""Schedules of faults: drawn whole from a seed, then played by the clock.

What is random is drawn here and printed when a hole is found; how the processes meet it is theirs.
"""

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.field import Field

_LOOK_AGAIN_S = 0.1
Undo = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Dose:
    """How often a fault falls within a schedule, and for how long each time, in seconds."""

    fault: str
    times: int
    shortest_s: float = 0.0
    longest_s: float = 0.0


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One fault, `at_s` after the start, undone after `for_s`. `unit` is whom it hits, if any."""

    at_s: float
    fault: str
    unit: str
    for_s: float
    seed: int

    def __str__(self) -> str:
        return f"{self.at_s:6.2f} s  {self.fault} {self.unit} for {self.for_s:.2f} s ({self.seed})"


Fault = Callable[[Field, Step], Undo | None]


def drawn(
    doses: Iterable[Dose], units: Sequence[str], seconds: float, dice: random.Random
) -> list[Step]:
    """Every dose's faults, at any moment of `seconds`, in order of time."""
    return sorted(
        Step(
            at_s=dice.uniform(0, seconds),
            fault=dose.fault,
            unit=dice.choice(units),
            for_s=dice.uniform(dose.shortest_s, dose.longest_s),
            seed=dice.getrandbits(32),
        )
        for dose in doses
        for _ in range(dose.times)
    )


def play(field: Field, steps: Iterable[Step], faults: Mapping[str, Fault]) -> None:
    """Lets every fault loose at its time, and undoes it at its own; mends what falls meanwhile."""
    began_s = time.monotonic()
    number = itertools.count()
    due: list[tuple[float, int, Step | Undo]] = [(step.at_s, next(number), step) for step in steps]
    heapq.heapify(due)
    while due:
        at_s, _, act = heapq.heappop(due)
        _pass_until(field, began_s + at_s)
        if not isinstance(act, Step):
            act()
        elif undo := faults[act.fault](field, act):
            heapq.heappush(due, (at_s + act.for_s, next(number), undo))


def _pass_until(field: Field, moment_s: float) -> None:
    never = threading.Event()
    while (left_s := moment_s - time.monotonic()) > 0:
        never.wait(min(left_s, _LOOK_AGAIN_S))
        field.mend()
