"""Readiness in words."""

import msgspec
import pytest

from triporteur_wire.readiness import (
    USUAL_OUTING,
    Action,
    Evening,
    Outing,
    Reason,
    Verdict,
    What,
    Why,
)
from triporteur_wire.readiness_words import (
    VERDICTS,
    action_in_french,
    evening_in_french,
    evening_unheard_in_french,
    outing_in_french,
    reason_in_french,
)

MARKET = Outing(6.0, 40.0, 3.0, 25.0)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action(What.CHARGE, 40), "Branchez encore 40\u00a0min"),
        (Action(What.CHARGE, 100), "Branchez encore 1\u00a0h\u00a040"),
        (Action(What.CHARGE, 120), "Branchez encore 2\u00a0h"),
        (Action(What.WARM), "Batterie trop froide pour charger\u202f: rentrez-la"),
        (
            Action(What.WARM_THEN_CHARGE, 65),
            "Rentrez la batterie au chaud, puis branchez 1\u00a0h\u00a005",
        ),
        (Action(What.SHORTEN, 14.2), "Prévoyez plus court\u202f: 14\u00a0km au plus"),
        (Action(What.UNPLUG_AND_LEAVE), "Débranchez, puis bonne route"),
    ],
)
def test_an_action_is_one_plain_sentence(action: Action, said: str) -> None:
    assert action_in_french(action) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason(Why.ENOUGH, Verdict.GO), "Assez pour 6\u00a0km et 3\u00a0h, plus la réserve"),
        (Reason(Why.SOUND, Verdict.GO, 14.0), "Batterie à 14\u00a0°C, cellules équilibrées"),
        (
            Reason(Why.LONG_SINCE_FULL, Verdict.CAUTION, 16.4),
            "Charge mal connue\u202f: 16\u00a0jours sans charge pleine",
        ),
        (
            Reason(Why.NO_DATA, Verdict.NO_GO, 720.0),
            "Batterie\u202f: rien reçu depuis 12\u00a0min",
        ),
        (
            Reason(Why.UNKNOWN, Verdict.CAUTION, words=("battery_temps_c",)),
            "Mesure absente\u202f: température",
        ),
    ],
)
def test_a_reason_is_one_line(reason: Reason, said: str) -> None:
    assert reason_in_french(reason, MARKET) == said


@pytest.mark.parametrize("why", list(Why))
@pytest.mark.parametrize(("number", "words"), [(None, ()), (12.0, ("x",))])
def test_every_reason_has_words(why: Why, number: float | None, words: tuple[str, ...]) -> None:
    said = reason_in_french(Reason(why, Verdict.CAUTION, number, words), MARKET)
    assert said
    assert said[0].isupper()
    assert not said.endswith(".")


@pytest.mark.parametrize("what", list(What))
def test_every_action_has_words(what: What) -> None:
    assert action_in_french(Action(what, 40.0))


@pytest.mark.parametrize(
    ("km", "site_h", "said"),
    [(6.0, 3.0, "6 km et 3 h"), (7.5, 2.5, "7,5 km et 2,5 h"), (7.98, 3.04, "8 km et 3 h")],
)
def test_an_outing_is_said_as_it_was_entered(km: float, site_h: float, said: str) -> None:
    outing = Outing(km, 40.0, site_h, 25.0)
    assert outing_in_french(outing).replace("\u00a0", " ") == said


def test_every_verdict_and_evening_has_words() -> None:
    assert set(VERDICTS) == set(Verdict)
    assert all(evening_in_french(one) != evening_unheard_in_french(one) for one in Evening)


def test_verdicts_are_ordered() -> None:
    assert sorted(Verdict, key=lambda one: one.rank) == [
        Verdict.GO,
        Verdict.CAUTION,
        Verdict.NO_GO,
    ]


def test_an_outing_travels_and_is_told() -> None:
    packed = msgspec.json.encode(USUAL_OUTING)
    assert msgspec.json.decode(packed, type=Outing) == USUAL_OUTING
    assert outing_in_french(Outing(6.4, 0.0, 2.5, 0.0)) == "6,4\u00a0km et 2,5\u00a0h"
