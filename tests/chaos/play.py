"""One scenario from its seed to its verdicts."""

import random
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.faults import FAULTS
from tests.chaos.field import Field
from tests.chaos.past import fill
from tests.chaos.scenarios import Scenario
from tests.chaos.schedule import Step, drawn, play
from tests.chaos.storage_faults import STORAGE_FAULTS
from tests.chaos.units import Hurried, Riding, Unit
from tests.chaos.verdict import Verdict

_NAMES = ("ada", "ben", "cleo", "dora")
_ALL_FAULTS = {**FAULTS, **STORAGE_FAULTS}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a scenario. `stuck` says what was waited for in vain, empty when nothing was."""

    scenario: Scenario
    seed: int
    steps: list[Step]
    verdicts: Mapping[str, Verdict]
    worst_delay_s: float
    kills: int
    stuck: str

    @property
    def holds(self) -> bool:
        return not self.stuck and all(verdict.holds for verdict in self.verdicts.values())

    @property
    def injected(self) -> Counter[str]:
        return Counter(step.fault for step in self.steps)

    def story(self) -> Iterator[str]:
        """Seed, schedule and findings: what it takes to look into a hole."""
        yield f"{self.scenario.name}, seed {self.seed}"
        if self.stuck:
            yield f"  {self.stuck}"
        for unit, verdict in self.verdicts.items():
            yield from (f"  {unit}: {finding}" for finding in verdict.findings)
        yield from (f"  {step}" for step in self.steps)


def run(
    scenario: Scenario, seed: int, stop: threading.Event, folder: Path | None = None
) -> Outcome:
    """Plays it in a folder of its own, or in the one given, which is then kept.

    Raises Interrupted soon after `stop` is set.
    """
    with tempfile.TemporaryDirectory(prefix="chaos-") as own:
        place = folder or Path(own)
        dice = random.Random(f"{seed} {scenario.name}")
        with _field(scenario, place, stop) as field:
            for unit in _units(scenario, field):
                field.add_unit(unit)
            steps = drawn(scenario.doses, list(field.units), scenario.seconds, dice)
            stuck = _play(field, steps)
            parts = [field.broker, field.depot]
            for unit in field.units.values():
                parts += [unit.part, unit.kiosk]
            return Outcome(
                scenario,
                seed,
                steps,
                field.judge(scenario.excused),
                max((_worst_s(unit) for unit in field.units.values()), default=0.0),
                sum(part.kills for part in parts),
                stuck,
            )


def _field(scenario: Scenario, folder: Path, stop: threading.Event) -> Field:
    return Field(
        folder,
        stop,
        queue=scenario.queue,
        on_card=scenario.depot_card,
        cards_lie=scenario.cards_lie,
        patience_s=scenario.patience_s,
    )


def _units(scenario: Scenario, field: Field) -> Iterator[Unit]:
    names = iter(_NAMES)
    on_card, loss_pct = scenario.unit_card, scenario.loss_pct
    for _ in range(scenario.hurried):
        unit = Hurried(
            next(names),
            field.place,
            on_card=on_card,
            loss_pct=loss_pct,
            rate=scenario.rate,
            synchronous=scenario.synchronous,
            resend_after_s=scenario.resend_after_s,
        )
        if scenario.backlog_days:
            fill(unit.journal, unit.ledger, scenario.backlog_days)
        yield unit
    for _ in range(scenario.riding):
        yield Riding(next(names), field.place, on_card=on_card, loss_pct=loss_pct)


def _play(field: Field, steps: list[Step]) -> str:
    try:
        play(field, steps, _ALL_FAULTS)
        field.settle()
    except AssertionError as error:
        return str(error)
    return ""


def _worst_s(unit: Unit) -> float:
    return max((wait_s for one in unit.produced() for wait_s in one.delays_s()), default=0.0)
