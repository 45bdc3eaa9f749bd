"""The agent's loop around the verdict: asked at the desk, at the button, and at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.lived import Unit, living
from triporteur_device.departure import Pressed
from triporteur_device.desk import Question
from triporteur_device.gpio.lamp import STAY
from triporteur_device.readiness import decode_state
from triporteur_device.snapshot import read_snapshot
from triporteur_wire.desk import Done, PlanOuting, Told
from triporteur_wire.readiness import Outing, Readiness, Verdict, Why


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    with living(tmp_path) as made:
        yield made


def test_what_is_asked_at_the_desk_is_shown_before_it_is_answered(unit: Unit) -> None:
    seen: list[Outing | None] = []
    outing = Outing(6.0, 40.0, 3.0, 20.0, place="Marché")

    def answered(told: Told) -> None:
        assert told == Done()
        shown = read_snapshot(Path(unit.config.snapshot.path), now_ms=unit.now_ms)
        assert shown
        assert shown.status.plan
        seen.append(shown.status.plan.today)

    def ask() -> None:
        unit.inbox.put(Question(PlanOuting("today", outing), answered))

    depot = unit.live(5, {2: ask})
    assert seen == [outing]
    readiness = depot.statuses[-1].readiness
    assert readiness
    assert readiness.outing == outing


def test_a_battery_that_is_not_heard_is_no_go_on_the_lamp_and_in_the_journal(unit: Unit) -> None:
    unit.live(30, {3: lambda: unit.inbox.put(Pressed(unit.now_ms))})
    assert unit.lit == [*[STAY] * (len(unit.lit) - 1), ()]
    assert len(unit.lit) > 5
    (told,) = [body for body in unit.recorded() if isinstance(body, Readiness)]
    assert (told.verdict, told.reasons[0].why) == (Verdict.NO_GO, Why.NO_DATA)


def test_what_was_learnt_is_on_the_card_when_the_agent_has_ended(unit: Unit) -> None:
    unit.live(5, {2: lambda: unit.hear(soc_pct=82, pack_voltage_v=50, current_a=-1)})
    kept = Path(unit.config.journal.directory) / "readiness.json"
    assert decode_state(kept.read_bytes(), unit.config.readiness.pack).charge.charge
