"""What each verb of the desk does."""

from datetime import UTC, time
from pathlib import Path

import pytest

from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.outings import Outings
from triporteur_device.desk import Clerk
from triporteur_wire.desk import Done, ForgetOuting, PhoneCharging, PlanOuting, Refused
from triporteur_wire.readiness import Outing

NOW_MS = 1_795_357_354_811
MARKET = Outing(6.0, 40.0, 3.0, 20.0, place="Marché")


class Room:
    def __init__(self, folder: Path) -> None:
        self.supplied: bool | None = True
        self.switched: list[bool] = []
        file = KeptFile(folder / "plan.json", folder / "run" / "plan.json")
        self.outings = Outings(file, 1, UTC, time(9), [])
        self.clerk = Clerk(self.outings, self._switch, lambda: NOW_MS)

    def _switch(self, on: bool) -> bool | None:
        self.switched.append(on)
        return self.supplied


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_an_outing_is_entered_replaced_and_forgotten(room: Room) -> None:
    assert room.clerk.serve(PlanOuting("tomorrow", MARKET)) == Done()
    longer = Outing(9.0, 40.0, 3.0, 20.0, place="Lycée")
    assert room.clerk.serve(PlanOuting("tomorrow", longer)) == Done()
    entered = room.outings.plan(NOW_MS).tomorrow
    assert entered
    assert entered.place == "Lycée"
    assert room.clerk.serve(ForgetOuting("tomorrow")) == Done()
    assert room.outings.plan(NOW_MS).tomorrow is None


@pytest.mark.parametrize(
    ("outing", "word"),
    [
        (Outing(0.0, 0.0, 1.0, 1.0), "La distance"),
        (Outing(81.0, 0.0, 1.0, 1.0), "80\u00a0km"),
        (Outing(6.0, -1.0, 1.0, 1.0), "La montée"),
        (Outing(6.0, 0.0, 25.0, 1.0), "La durée"),
        (Outing(6.0, 0.0, 1.0, 501.0), "La puissance"),
        (Outing(6.0, 0.0, 1.0, 1.0, place="x" * 41), "40 caractères"),
        (Outing(6.0, 0.0, 1.0, 1.0, place="a\x1b[2J"), "Le nom du lieu"),
    ],
)
def test_an_outing_that_no_trike_makes_is_refused_in_french(
    room: Room, outing: Outing, word: str
) -> None:
    told = room.clerk.serve(PlanOuting("today", outing))
    assert isinstance(told, Refused)
    assert word in told.sentence
    assert room.outings.plan(NOW_MS).today is None


def test_a_place_may_be_spelt_as_french_is(room: Room) -> None:
    market = Outing(6.0, 0.0, 1.0, 1.0, place="Marché\u00a0: l’été\u202f!")
    assert room.clerk.serve(PlanOuting("today", market)) == Done()


def test_the_phones_supply_is_switched(room: Room) -> None:
    assert room.clerk.serve(PhoneCharging(on=True)) == Done()
    room.supplied = False
    assert room.clerk.serve(PhoneCharging(on=False)) == Done()
    assert room.switched == [True, False]


def test_a_supply_that_a_low_charge_keeps_off_is_said(room: Room) -> None:
    room.supplied = False
    told = room.clerk.serve(PhoneCharging(on=True))
    assert isinstance(told, Refused)
    assert "restent coupées" in told.sentence


def test_a_supply_that_is_not_there_is_said(room: Room) -> None:
    room.supplied = None
    told = room.clerk.serve(PhoneCharging(on=True))
    assert isinstance(told, Refused)
    assert "ne commande" in told.sentence
