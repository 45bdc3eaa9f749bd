"""The motor on the page « Batterie »: what a source gives now, and no empty figures."""

import re

import msgspec

from tests.kiosk.console.ready import judged
from tests.kiosk.console.unit import Aboard, status
from triporteur_wire.messages import Reading


def figures(page: str) -> dict[str, str]:
    said = page.replace("\u00a0", " ").replace("\u202f", " ")
    return dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", said))


def test_what_is_known_of_the_motor_is_told(aboard: Aboard) -> None:
    aboard.tells(judged())
    page = aboard.page("/batterie")
    assert "Moteur</h2>" in page
    told = figures(page)
    assert told["Vitesse"] == "12 km/h"
    assert told["Température du moteur"] == "31 °C"
    assert told["Température du contrôleur"] == "28 °C"
    assert told["Puissance"] == "240 W"


def test_the_motor_s_current_is_not_taken_for_the_battery_s(aboard: Aboard) -> None:
    aboard.tells(judged())
    assert figures(aboard.page("/batterie"))["Courant"] == "0,0 A"


def test_the_power_of_a_motor_that_tells_none_is_its_voltage_by_its_current(
    aboard: Aboard,
) -> None:
    now = judged()
    told = {"input_voltage_v": Reading(50.0, 0.1), "current_a": Reading(-4.0, 0.1)}
    aboard.tells(msgspec.structs.replace(now, readings={**now.readings, "moteur": told}))
    assert figures(aboard.page("/batterie"))["Puissance"] == "200 W"


def test_a_unit_whose_motor_says_nothing_has_no_motor_on_the_page(aboard: Aboard) -> None:
    aboard.tells(status())
    page = aboard.page("/batterie")
    assert "Moteur</h2>" not in page
    assert "Puissance" not in figures(page)
