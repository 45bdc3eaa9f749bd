"""The glance: word, figure, colour and age of every state a battery can be in."""

import msgspec
import pytest

from tests.kiosk.console.unit import CHARGING, RESTING, health, silent, status, two
from triporteur_kiosk.console.state import Tone, state
from triporteur_kiosk.seen import Stopped, Unreadable, aged
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
    assert state(status({**RESTING, "current_a": current_a})).word == word


@pytest.mark.parametrize(
    ("soc_pct", "figure", "tone", "level"),
    [
        (100.0, "100\u00a0%", Tone.GO, "bonne charge"),
        (99.9, "99\u00a0%", Tone.GO, "bonne charge"),
        (50.0, "50\u00a0%", Tone.GO, "bonne charge"),
        (49.9, "49\u00a0%", Tone.WAIT, "charge moyenne"),
        (30.0, "30\u00a0%", Tone.WAIT, "charge moyenne"),
        (29.9, "29\u00a0%", Tone.STOP, "charge basse"),
        (0.0, "0\u00a0%", Tone.STOP, "charge basse"),
    ],
)
def test_the_colour_follows_the_figure_that_is_shown(
    soc_pct: float, figure: str, tone: Tone, level: str
) -> None:
    now = state(status({**RESTING, "soc_pct": soc_pct}))
    assert (now.figure, now.tone, now.level) == (figure, tone, level)


@pytest.mark.parametrize(
    ("complaint", "word", "tone"),
    [
        ({"alarms": ("cell_undervoltage",)}, "Alarme", Tone.STOP),
        ({"alarms": ("low_soc",)}, "À vérifier", Tone.WAIT),
        ({"fault": "over_voltage"}, "Panne du moteur", Tone.STOP),
        ({"discharge_fet": False}, "Sortie coupée", Tone.STOP),
        ({"cells_v": (3.7, 4.0)}, "Cellule faible", Tone.STOP),
        ({"cells_v": (3.9, 4.0)}, "Cellules inégales", Tone.WAIT),
        ({"battery_temps_c": (14.0, 60.0)}, "Trop chaude", Tone.WAIT),
        ({"battery_temps_c": (-3.0, 14.0)}, "Trop froide", Tone.WAIT),
        ({"charge_fet": False}, "Charge refusée", Tone.WAIT),
    ],
)
def test_what_is_wrong_outweighs_a_good_charge(
    complaint: dict[str, Value], word: str, tone: Tone
) -> None:
    now = state(status({**RESTING, **complaint}))
    assert (now.word, now.tone, now.figure) == (word, tone, "82\u00a0%")
    assert now.level == "bonne charge"


def test_the_worst_of_several_is_said_and_coloured() -> None:
    hot_weak_refusing: dict[str, Value] = {
        **RESTING,
        "battery_temps_c": (60.0,),
        "cells_v": (3.7, 4.0),
        "charge_fet": False,
    }
    now = state(status(hot_weak_refusing))
    assert (now.word, now.tone) == ("Cellule faible", Tone.STOP)


def test_a_warning_does_not_brighten_a_low_charge() -> None:
    now = state(status({**RESTING, "soc_pct": 12.0, "battery_temps_c": (-3.0,)}))
    assert (now.word, now.tone, now.level) == ("Trop froide", Tone.STOP, "charge basse")


def test_a_low_charge_is_said_beside_its_figure_and_the_word_says_what_the_battery_does() -> None:
    now = state(status({**RESTING, "soc_pct": 12.0, "current_a": -9.0}))
    assert (now.word, now.tone, now.level) == ("En service", Tone.STOP, "charge basse")


@pytest.mark.parametrize("rear_first", [False, True])
def test_of_two_batteries_the_worse_counts(rear_first: bool) -> None:
    rear: dict[str, Value] = {**RESTING, "soc_pct": 3.9, "battery_temps_c": (-9.0,)}
    now = state(two(rear, RESTING) if rear_first else two(RESTING, rear))
    assert (now.word, now.tone, now.figure) == ("Trop froide", Tone.STOP, "3\u00a0%")


@pytest.mark.parametrize(
    ("mute", "word"),
    [(["arriere"], "Un appareil muet"), (["arriere", "moteur"], "Appareils muets")],
)
def test_a_device_that_gives_nothing_beside_one_that_does_is_told(
    mute: list[str], word: str
) -> None:
    heard = status(CHARGING)
    sources = {**heard.sources, **{name: health(None) for name in mute}}
    now = state(msgspec.structs.replace(heard, sources=sources))
    assert (now.word, now.tone, now.figure) == (word, Tone.WAIT, "82\u00a0%")


def test_a_motor_that_fails_beside_a_silent_battery_is_not_grey() -> None:
    readings = {"batterie": {}, "moteur": {"fault": Reading("over_voltage", 0.2)}}
    now = state(msgspec.structs.replace(silent(60.0), readings=readings))
    assert (now.word, now.tone, now.figure) == ("Panne du moteur", Tone.STOP, "—")
    assert now.age == "—"  # that of the silence would be taken for the fault's


def test_a_battery_without_charge_known_is_grey_and_has_no_figure() -> None:
    now = state(status({"pack_voltage_v": 52.2, "current_a": 4.0}))
    assert (now.word, now.tone, now.figure) == ("En charge", Tone.QUIET, "—")
    assert now.level == "charge inconnue"


def test_a_battery_without_current_known_is_not_said_to_do_anything() -> None:
    assert state(status({"soc_pct": 82.0})).word == "Batterie"


@pytest.mark.parametrize("soc_pct", [100.1, 250.0, -1.0, True, "82", (82.0,)])
def test_a_charge_that_cannot_be_is_not_shown(soc_pct: Value) -> None:
    assert state(status({**RESTING, "soc_pct": soc_pct})).figure == "—"


def test_the_age_is_that_of_the_oldest_reading_shown_with_the_time_since_the_snapshot() -> None:
    assert state(aged(status(age_s=5.0), 7.5)).age == "il\u00a0y\u00a0a\u00a012\u00a0s"
    assert state(aged(status(), 1.0)).age == "à l’instant"


@pytest.mark.parametrize(("heard_age_s", "age"), [(720.0, "depuis 12\u00a0min"), (None, "—")])
def test_a_silent_battery_is_grey_and_says_since_when(heard_age_s: float | None, age: str) -> None:
    now = state(silent(heard_age_s))
    assert (now.word, now.tone, now.figure, now.age) == ("Batterie muette", Tone.QUIET, "—", age)


def test_a_battery_is_silent_since_the_last_line_fell_silent() -> None:
    lines = {"batterie": health(720.0), "shunt": health(60.0), "moteur": health(None)}
    now = msgspec.structs.replace(
        silent(None), sources=lines, readings={name: {} for name in lines}
    )
    assert state(now).age == "depuis 1\u00a0min"


@pytest.mark.parametrize(
    ("told", "word", "age"),
    [
        (Stopped(190.0), "Lecture arrêtée", "depuis 3\u00a0min"),
        (Stopped(None), "Lecture arrêtée", "—"),
        (Unreadable(), "État illisible", "—"),
    ],
)
def test_nothing_known_is_grey_without_a_figure(
    told: Stopped | Unreadable, word: str, age: str
) -> None:
    now = state(told)
    assert (now.word, now.age, now.tone, now.figure) == (word, age, Tone.QUIET, "—")
