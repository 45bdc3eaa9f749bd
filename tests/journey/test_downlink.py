"""From a retained message at the broker to the unit's own ways, and to a phone's page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt import publish

from tests.kiosk.public.desk import edition, saying
from tests.kiosk.test_command import get
from tests.rig import Road, free_port, listens, ran, triporteur, wait_for
from triporteur_depot.__main__ import main as depot
from triporteur_wire.parcels import pack
from triporteur_wire.topics import Channel, topic

pytestmark = pytest.mark.slow


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with Road(tmp_path) as road:
        road.start_broker()
        road.start_unit("ben")
        wait_for(lambda: status(road)["delivery"]["connected"], "the unit is connected")
        yield road


def status(road: Road) -> dict[str, Any]:
    return wait_for(lambda: road.status("ben") or {}, "the agent runs")


def applied(road: Road, channel: str) -> dict[str, Any]:
    return dict(status(road)["applied"].get(channel, {}))


def retain(road: Road, channel: Channel, name: str, payload: bytes) -> None:
    """As the depot does."""
    publish.single(
        topic("ben", channel, name), payload, 1, True, "127.0.0.1", road.broker_port,
        protocol=mqtt.MQTTv5,
    )  # fmt: skip


def test_settings_change_a_unit_without_a_hand_on_it(road: Road) -> None:
    retain(road, Channel.SETTINGS, "", pack(1, {"unit.place": "Laval"}))
    wait_for(lambda: status(road)["place"] == "Laval", "the settings count")
    assert applied(road, "settings")["revision"] == 1
    retain(road, Channel.SETTINGS, "", pack(2, {"mqtt.host": "elsewhere"}))
    wait_for(lambda: applied(road, "settings").get("refused") == 2, "these are refused")
    assert applied(road, "settings")["revision"] == 1
    assert status(road)["place"] == "Laval"
    retain(road, Channel.SETTINGS, "", pack(3, {}))
    wait_for(lambda: status(road)["place"] == "Rennes", "the file counts again")
    wait_for(lambda: status(road)["delivery"]["connected"], "the unit is back")


class Portal:
    """The portal of ben; `file` is its operator's content."""

    def __init__(self, road: Road) -> None:
        self.port = free_port()
        self.file = road.folder / "content.toml"
        self.write("fichier")
        with road.unit_config("ben").open("a") as config:
            config.write(
                f'[portal]\nlisten = "127.0.0.1:{self.port}"\ncontent = "{self.file}"\n'
                f'pushed = "{road.folder}/ben/content/portal.json"\n'
                f'journal = "{road.kiosk_journal("ben")}"\n'
            )
        command = triporteur("kiosk", "portal")
        road.start("portal", *command, "--config", str(road.unit_config("ben")))
        wait_for(lambda: listens(self.port), "the portal serves")

    def write(self, words: str) -> None:
        self.file.write_text(saying(words), encoding="utf-8")

    def shows(self, words: str) -> bool:
        return f"{words}." in get(self.port, "/vie-privee")[2]


def test_a_content_reaches_phones_and_the_status_says_so(road: Road) -> None:
    portal = Portal(road)
    assert portal.shows("fichier")
    retain(road, Channel.CONTENT, "portal", edition(4, "dépôt"))
    wait_for(lambda: portal.shows("dépôt"), "phones see it")
    wait_for(lambda: applied(road, "content/portal").get("revision") == 4, "the status says so")


def test_a_content_is_withdrawn_once_its_unit_can_do_without(road: Road) -> None:
    def content(*words: str) -> tuple[int, str]:
        said = ran(depot, "content", *words, "--config", str(road.depot_config))
        return said.returncode, said.stdout

    portal = Portal(road)
    road.start_depot()
    wait_for(lambda: content("show", "ben")[0] == 0, "the depot hears ben")
    pushed = road.folder / "pushed.toml"
    pushed.write_text(saying("dépôt"), encoding="utf-8")
    assert content("push", "portal", str(pushed), "ben", "--wait", "100")[0] == 0
    portal.file.write_text("[phrases]\n")
    status, said = content("withdraw", "portal", "ben", "--wait", "100")
    assert status == 1
    assert said.startswith(
        f"ben: content/portal, not withdrawn; ben goes on with it: {portal.file}: phrases, "
    )
    assert portal.shows("dépôt")
    portal.write("fichier")
    content("withdraw", "portal", "ben", "--no-wait")
    wait_for(lambda: portal.shows("fichier"), "phones see the unit's own")
    wait_for(
        lambda: content("show", "ben")[1] == "ben: no content was given\n", "the depot knows it"
    )
