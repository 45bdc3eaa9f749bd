"""How well the unit foretells, in one plain sentence."""

import msgspec

from tests.kiosk.console.ready import GO, judged
from tests.kiosk.console.unit import Aboard
from triporteur_kiosk.console.calibration import calibration_in_french
from triporteur_wire.readiness import Calibration


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_many_rides_say_how_near_and_the_last_one() -> None:
    assert plain(calibration_in_french(Calibration(20, 8.2, 6.2, 148.0, 160.0))) == (
        "Sur les 20 derniers trajets, l’énergie prévue était juste à 8 % près ; "
        "au dernier, 6,2 km, 148 Wh prévus et 160 Wh utilisés."
    )


def test_one_ride_is_one_ride() -> None:
    told = plain(calibration_in_french(Calibration(1, 8.2, 6.0, 148.0, 160.0)))
    assert told == "Un seul trajet mesuré : 6 km, 148 Wh prévus et 160 Wh utilisés."


def test_without_a_ride_the_unit_foretells_like_any_other(aboard: Aboard) -> None:
    aboard.tells(judged(msgspec.structs.replace(GO, calibration=None)))
    assert "Pas encore de trajet mesuré" in aboard.page("/unite")


def test_an_agent_that_judges_nothing_has_no_forecasts(aboard: Aboard) -> None:
    aboard.tells(judged(None))
    assert "Prévisions" not in aboard.page("/unite")
