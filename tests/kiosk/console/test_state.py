"""The glance: word, figure, colour and age of every state a battery can be in."""

import msgspec
import pytest

from tests.kiosk.console.unit import RESTING, health, seen, silent, status
from triporteur_kiosk.console.seen import Seen, Stopped, Unreadable
from triporteur_kiosk.console.state import Tone, state
from triporteur_wire.messages import Reading
from triporteur_wire.quantities import Value


@pytest.mark.parametrize(
    ("current_a", "word"),
    [
        (4.1, "En charge"),
        (0.31, "En charge"),
        (0.3, "Au repos"),
        (-0.3, "Au repos"),
        (-0.31, "En service"),
        (-12.3, "En service"),
    ],
)
def test_the_word_says_what_the_battery_does(current_a: float, word: str) -> None:
    assert state(seen({**RESTING, "current_a": current_a})).word == word


@pytest.mark.parametrize(
    ("soc_pct", "figure", "tone", "level"),
    [
        (100.0, "100\u00a0%", Tone.GO, "bonne charge"),
        (99.9, "99\u00a0%", Tone.GO, "bonne charge"),
        (50.0, "50\u00a0%", Tone.GO, "bonne charge"),
        (49.9, "49\u00a0%", Tone.WAIT, "charge moyenne"),
        (25.0, "25\u00a0%", Tone.WAIT, "charge moyenne"),
        (24.9, "24\u00a0%", Tone.STOP, "charge basse"),
        (0.0, "0\u00a0%", Tone.STOP, "charge basse"),
    ],
)
def test_the_colour_follows_the_figure_that_is_shown(
    soc_pct: float, figure: str, tone: Tone, level: str
) -> None:
    now = state(seen({**RESTING, "soc_pct": soc_pct}))
    assert (now.figure, now.tone, now.level) == (figure, tone, level)


@pytest.mark.parametrize(
    "complaint", [{"alarms": ("cell_undervoltage",)}, {"discharge_fet": False}]
)
def test_an_alarm_outweighs_a_good_charge(complaint: dict[str, Value]) -> None:
    now = state(seen({**RESTING, **complaint}))
    assert (now.word, now.tone, now.figure) == ("Alarme", Tone.STOP, "82\u00a0%")
    assert now.level == "bonne charge"


def test_an_alarm_of_a_second_source_counts_too() -> None:
    shunt = {"shunt": {"alarms": Reading(("low_soc",), 1.0)}}
    two = status(RESTING)
    two = msgspec.structs.replace(two, readings={**two.readings, **shunt})
    assert state(Seen(two, 0.0)).word == "Alarme"


def test_a_battery_without_charge_known_is_grey_and_has_no_figure() -> None:
    now = state(seen({"pack_voltage_v": 52.2, "current_a": 4.0}))
    assert (now.word, now.tone, now.figure) == ("En charge", Tone.QUIET, "—")
    assert now.level == "charge inconnue"


def test_a_battery_without_current_known_is_not_said_to_do_anything() -> None:
    assert state(seen({"soc_pct": 82.0})).word == "Batterie"


@pytest.mark.parametrize("soc_pct", [100.1, 250.0, -1.0, True, "82", (82.0,)])
def test_a_charge_that_cannot_be_is_not_shown(soc_pct: Value) -> None:
    assert state(seen({**RESTING, "soc_pct": soc_pct})).figure == "—"


def test_the_age_is_that_of_the_oldest_reading_shown_with_the_time_since_the_snapshot() -> None:
    assert state(Seen(status(age_s=5.0), 7.5)).age == "il\u00a0y\u00a0a\u00a012\u00a0s"
    assert state(Seen(status(age_s=0.4), 1.0)).age == "à l’instant"


@pytest.mark.parametrize(("heard_age_s", "age"), [(720.0, "depuis 12\u00a0min"), (None, "—")])
def test_a_silent_battery_is_grey_and_says_since_when(heard_age_s: float | None, age: str) -> None:
    now = state(Seen(silent(heard_age_s), 0.0))
    assert (now.word, now.tone, now.figure, now.age) == ("Batterie muette", Tone.QUIET, "—", age)


def test_a_battery_is_silent_since_the_last_line_fell_silent() -> None:
    lines = {"batterie": health(720.0), "shunt": health(60.0), "moteur": health(None)}
    now = msgspec.structs.replace(
        silent(None), sources=lines, readings={name: {} for name in lines}
    )
    assert state(Seen(now, 0.0)).age == "depuis 1\u00a0min"


@pytest.mark.parametrize(
    ("told", "word", "age"),
    [
        (Stopped(190.0), "Unité arrêtée", "depuis 3\u00a0min"),
        (Stopped(None), "Unité arrêtée", "—"),
        (Unreadable(), "État illisible", "—"),
    ],
)
def test_nothing_known_is_grey_without_a_figure(
    told: Stopped | Unreadable, word: str, age: str
) -> None:
    now = state(told)
    assert (now.word, now.age, now.tone, now.figure) == (word, age, Tone.QUIET, "—")
