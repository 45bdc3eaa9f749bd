"""From a retained message at the broker to the unit's own ways, and to a phone's page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt import publish

from tests.kiosk.public.desk import edition, saying
from tests.kiosk.test_command import get
from tests.rig import Road, free_port, listens, triporteur, wait_for
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


def test_a_content_reaches_phones_and_the_status_says_so(road: Road) -> None:
    port = free_port()
    own = road.folder / "content.toml"
    own.write_text(saying("fichier"), encoding="utf-8")
    with road.unit_config("ben").open("a") as config:
        config.write(
            f'[portal]\nlisten = "127.0.0.1:{port}"\ncontent = "{own}"\n'
            f'pushed = "{road.folder}/ben/content/portal.json"\n'
            f'journal = "{road.kiosk_journal("ben")}"\n'
        )
    portal = triporteur("kiosk", "portal")
    road.start("portal", *portal, "--config", str(road.unit_config("ben")))
    wait_for(lambda: listens(port), "the portal serves")
    assert "fichier." in get(port, "/vie-privee")[2]
    retain(road, Channel.CONTENT, "portal", edition(4, "dépôt"))
    wait_for(lambda: "dépôt." in get(port, "/vie-privee")[2], "phones see it")
    wait_for(lambda: applied(road, "content/portal").get("revision") == 4, "the status says so")
