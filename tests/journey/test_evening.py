"""An evening with its real parts: the lamp, the charger's plug, the key, and six o'clock.

Only the chip of the pins is gpiozero's mock; agents, broker, depot and pages are what they are.
"""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from paho.mqtt import subscribe

from tests.journey.trike import Trike, known
from tests.journey.zones import zone_where
from tests.rig import Road, end, triporteur, wait_for
from triporteur_wire.desk import Done, PlanOuting
from triporteur_wire.messages import KEY, Offline, decode_status
from triporteur_wire.readiness import Evening, Outing, Verdict
from triporteur_wire.topics import Channel, topic

pytestmark = pytest.mark.slow

SHORT = Outing(1.5, 5.0, 0.5, 10.0, place="École")
FAR = Outing(70.0, 900.0, 8.0, 60.0, place="Loin")
CHARGER, BUTTON, LAMP, KEY_PIN = 17, 22, 24, 27
_WIRED = f"""
[gpio]
charger = {CHARGER}
button = {BUTTON}
lamp = {LAMP}
key = {KEY_PIN}
"""
TOLD = "Sortie prévue, et la batterie ne charge pas"
TOLD_UNHEARD = "Sortie prévue, et la batterie ne chargeait pas"


class EveningRoad(Road):
    """At the depot it is evening; aboard too, or still noon. Units are off when their key is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.evening, self.noon = (zone_where(folder / "zones", hour) for hour in (19, 12))
        self.aboard = self.noon

    def restart_depot(self) -> Popen[bytes]:
        command = [*triporteur("depot", "run"), "--config", str(self.depot_config)]
        depot = self.start("depot", "env", f"PYTHONTZPATH={self.evening}", *command)
        wait_for(self.page_is_there, "the depot serves pages")
        return depot

    def page_is_there(self) -> bool:
        try:
            return bool(self.page())
        except OSError:
            return False

    def restart_unit(self, unit: str) -> Popen[bytes]:
        config = self.unit_config(unit)
        written = config.read_text()
        if _WIRED not in written:
            config.write_text(written.replace("[unit]", '[unit]\npower = "key"') + _WIRED)
        command = [sys.executable, "-m", "tests.journey.mock_board", "run", "--config", str(config)]
        return self.start(unit, "env", f"PYTHONTZPATH={self.aboard}", *command)


class Wired(Trike):
    """Its contacts are closed and opened by the number of their pin."""

    def contact(self, pin: int, word: str) -> None:
        assert self.agent.stdin
        self.agent.stdin.write(f"{pin} {word}\n".encode())
        self.agent.stdin.flush()

    def lives_again(self, zone: str) -> None:
        """Another life of the agent, with its key on."""
        self.road.aboard = zone  # type: ignore[attr-defined]
        self.again(known, None)
        self.contact(KEY_PIN, "closed")
        self.sees("key_on", is_so=True)

    def plans(self, outing: Outing) -> None:
        assert self.ask(PlanOuting("tomorrow", outing)) == Done()

    def sees(self, quantity: str, *, is_so: bool) -> None:
        def look() -> bool:
            status = self.road.status(self.name)
            found = (status or {"readings": {}})["readings"].get("gpio", {}).get(quantity)
            return found is not None and found["value"] is is_so

        wait_for(look, f"the agent sees {quantity}")

    def lamp(self) -> list[str]:
        """What it did, one word after the other."""
        lines = self.road.log(self.name).splitlines()
        return [line.rpartition(" ")[2] for line in lines if line.startswith(f"pin {LAMP} ")]

    def is_connected(self) -> bool:
        status = self.road.status(self.name)
        return bool(status and status["delivery"]["connected"])


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EveningRoad]:
    made = EveningRoad(tmp_path_factory.mktemp("evening"))
    with made:
        made.start_broker()
        made.start_depot()
        yield made


@pytest.fixture(scope="module")
def lost(road: EveningRoad) -> str:
    """The name of a unit that lost its power at noon, away from any charger, without a goodbye."""
    zoe = Wired(road, "zoe", "on-site")
    zoe.contact(KEY_PIN, "closed")
    zoe.plans(FAR)
    wait_for(lambda: "Loin" in road.page("/unite/zoe"), "the depot knows where zoe is to go")
    end(zoe.agent, signal.SIGKILL)
    return zoe.name


@pytest.fixture(scope="module")
def ben(road: EveningRoad, lost: str) -> Wired:
    return Wired(road, situation="on-site")


def test_the_lamp_blinks_go_at_a_press_of_the_button(road: EveningRoad, ben: Wired) -> None:
    ben.lives_again(road.evening)
    ben.plans(SHORT)
    ben.says(lambda told: told.verdict is Verdict.GO)
    assert ben.lamp() == []

    def blinks() -> bool:
        ben.contact(BUTTON, "closed")
        ben.contact(BUTTON, "open")
        return ben.lamp()[:6] == ["lit", "dark"] * 3

    wait_for(blinks, "the lamp blinks, for ten seconds from each press")


def test_at_six_the_team_is_told_until_the_charger_is_plugged_in(
    road: EveningRoad, ben: Wired
) -> None:
    ben.plans(FAR)
    ben.says(lambda told: told.evening is Evening.NOT_CHARGING)
    before = len(ben.lamp())
    ben.contact(BUTTON, "closed")
    wait_for(lambda: TOLD in road.page(), "the depot tells it")
    ben.contact(CHARGER, "closed")
    ben.says(lambda told: told.evening is None)
    wait_for(lambda: TOLD not in road.page(), "the depot takes it back")
    # It shows what is so now, for ten seconds from each press; at first what was, if that goes on.
    wait_for(lambda: ben.lamp()[before:][-1:] == ["dark"], "it was lit, and is dark again")
    assert ben.lamp()[before:].count("lit") <= 4


def test_a_turned_key_is_a_goodbye_and_the_depot_judges_what_follows(
    road: EveningRoad, ben: Wired
) -> None:
    ben.lives_again(road.noon)
    ben.plans(FAR)
    wait_for(lambda: "Loin" in road.page("/unite/ben"), "the depot knows where ben is to go")
    assert TOLD_UNHEARD not in road.page("/unite/ben")
    ben.contact(KEY_PIN, "open")
    wait_for(lambda: "Éteint à la clé" in road.page("/unite/ben"), "the depot is told goodbye")
    wait_for(lambda: not ben.is_connected(), "the agent has ended its connection")
    end(ben.agent, signal.SIGKILL)  # and the power is gone
    kept = subscribe.simple(topic("ben", Channel.STATUS), port=road.broker_port)  # type: ignore[no-untyped-call]
    assert decode_status(kept.payload) == Offline(KEY)
    wait_for(lambda: TOLD_UNHEARD in road.page("/unite/ben"), "the depot tells it")


def test_a_unit_whose_goodbye_was_lost_is_told_of_with_when_it_was_heard(
    road: EveningRoad, lost: str
) -> None:
    page = wait_for(
        lambda: page if TOLD_UNHEARD in (page := road.page(f"/unite/{lost}")) else "",
        "the depot tells it",
    )
    assert "dernier état reçu il y a" in page
    assert "Muet depuis" in page
