"""The short lines below the glance: the most pressing first, and three at most."""

import msgspec
import pytest

from tests.kiosk.console.unit import CHARGING, RESTING, health, status, two
from triporteur_kiosk.console.lines import lines
from triporteur_wire.messages import Status
from triporteur_wire.quantities import Value


def said(values: dict[str, Value]) -> list[str]:
    """The lines, their no-break spaces made plain."""
    return plain(status(values))


def plain(now: Status) -> list[str]:
    return [line.text.replace("\u00a0", " ").replace("\u202f", " ") for line in lines(now)]


def test_a_sound_battery_at_rest_is_warm_and_balanced() -> None:
    assert said(RESTING) == ["Batterie à 14 °C", "Cellules équilibrées (11 mV)"]


def test_a_charging_battery_says_how_fast_and_nothing_of_its_cells() -> None:
    assert said(CHARGING) == ["Se charge à 4,1 A", "Batterie à 14 °C"]


def test_a_battery_in_use_says_what_it_gives() -> None:
    assert said({**RESTING, "current_a": -12.34})[0] == "Fournit 12,3 A"


@pytest.mark.parametrize(
    ("low_v", "line"),
    [
        (3.921, "Cellules équilibrées (79 mV)"),
        (3.919, "Cellules inégales : écart de 81 mV"),
        (3.76, "Cellule faible : écart de 240 mV"),
    ],
)
def test_cells_are_judged_at_rest(low_v: float, line: str) -> None:
    cells_v = (4.0,) * 12 + (low_v,)
    assert line in said({**RESTING, "cells_v": cells_v})
    assert not any("ellule" in text for text in said({**CHARGING, "cells_v": cells_v}))


@pytest.mark.parametrize(
    ("coldest_c", "line"),
    [
        (0.0, "Batterie à 0 °C"),
        (-0.3, "Batterie à −0,3 °C : trop froid pour charger"),
        (-2.3, "Batterie à −2 °C : trop froid pour charger"),
    ],
)
def test_below_zero_it_is_too_cold_to_charge(coldest_c: float, line: str) -> None:
    assert said({**RESTING, "battery_temps_c": (coldest_c, coldest_c + 0.1)})[0] == line


def test_temperatures_that_differ_are_told_as_a_range() -> None:
    assert said({**RESTING, "battery_temps_c": (14.2, 18.8)})[0] == "Batterie de 14 à 19 °C"


def test_a_hot_battery_comes_first() -> None:
    hot: dict[str, Value] = {**CHARGING, "battery_temps_c": (45.1, 30.0)}
    assert said(hot) == ["Batterie trop chaude : 45 °C", "Se charge à 4,1 A"]


def test_alarms_come_first_in_words() -> None:
    alarms: dict[str, Value] = {
        **RESTING,
        "alarms": ("short_circuit", "cell_undervoltage"),
        "discharge_fet": False,
        "charge_fet": False,
        "battery_temps_c": (-2.0,),
    }
    assert said(alarms) == [
        "Cellule trop vide, court-circuit",
        "La batterie a coupé sa sortie",
        "La batterie n’accepte pas de charge",
    ]


def test_a_battery_that_takes_no_charge_says_so() -> None:
    assert said({**RESTING, "charge_fet": False})[0] == "La batterie n’accepte pas de charge"


def test_a_source_that_repeats_itself_is_named_and_its_figures_stay() -> None:
    now = status(CHARGING)
    frozen = msgspec.structs.replace(now.sources["batterie"], doubts=("stuck",))
    doubted = msgspec.structs.replace(now, sources={"batterie": frozen})
    assert plain(doubted) == [
        "Batterie : mesures figées alors que la batterie travaille",
        *plain(now),
    ]


@pytest.mark.parametrize(
    ("heard_age_s", "line"),
    [
        (720.0, "Moteur : rien reçu depuis 12 min"),
        (None, "Moteur : rien reçu jusqu’ici"),
    ],
)
def test_a_line_that_fell_silent_is_named(heard_age_s: float | None, line: str) -> None:
    now = status(RESTING)
    sources = {**now.sources, "moteur": health(heard_age_s)}
    assert plain(msgspec.structs.replace(now, sources=sources))[0] == line


def test_an_unknown_current_is_said_to_be_unknown() -> None:
    assert said({"soc_pct": 82.0}) == ["On ne sait pas si elle charge ou se vide"]


def test_a_second_battery_is_spoken_of_too() -> None:
    rear: dict[str, Value] = {**RESTING, "battery_temps_c": (60.0,), "cells_v": (3.7, 4.0)}
    assert plain(two(RESTING, rear)) == [
        "Cellule faible : écart de 300 mV",
        "Batterie trop chaude : 60 °C",
    ]


def test_a_fault_of_the_motor_is_told() -> None:
    assert said({**RESTING, "fault": "over_temp_fet"})[0].startswith("Panne du moteur : ")


@pytest.mark.parametrize("fault", ["none", ""])
def test_a_motor_without_fault_is_not_spoken_of(fault: str) -> None:
    assert said({**RESTING, "fault": fault}) == said(RESTING)


@pytest.mark.parametrize(
    ("quantity", "gap", "line"),
    [
        ("cells_gap_pct", -3.4, "Tension des cellules et de la batterie : 3 % d’écart"),
        ("soc_gap_pct", 14, "Deux appareils annoncent des charges différentes : 14 points d’écart"),
        ("energy_gap_pct", 18, "Énergie comptée par la batterie et par le moteur : 18 % d’écart"),
    ],
)
def test_devices_that_disagree_are_told_by_how_much(quantity: str, gap: Value, line: str) -> None:
    assert said({**RESTING, quantity: gap})[0] == line
