"""A release, from the depot's command to the folder where root looks, over a road that breaks."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from tests.chaos.relay import Relay
from tests.device.updates.aboard import Aboard, update
from tests.device.updates.lane import heavy, offer_of, parts_in
from tests.device.updates.making import installed
from tests.rig import end, ran, wait_for
from tests.secured_road import SecuredRoad
from triporteur_depot.__main__ import main as depot
from triporteur_depot.releases.signing import sign
from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.places import Places
from triporteur_wire.requests import MAX_PIECE_BYTES, PieceRequest, decode_piece_request
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow

_UNIT = Path(__file__).with_name("updated_unit.py")


class BreakingRoad(SecuredRoad):
    """Between the unit and the broker is a link that the test can cut."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        listening = socket.create_server(("127.0.0.1", 0))
        self.link = self._stack.enter_context(Relay(self.broker.units_port, listening))

    def unit_tables(self, unit: str) -> str:
        tables = super().unit_tables(unit)
        return tables.replace(str(self.broker.units_port), str(self.link.port))

    def restart_unit(self, unit: str) -> subprocess.Popen[bytes]:
        config = str(self.unit_config(unit))
        return self.start(unit, sys.executable, str(_UNIT), config, str(self.aboard(unit)))

    def aboard(self, unit: str) -> Path:
        return self.folder / f"{unit}-aboard"

    def install(self, unit: str) -> Places:
        """The releases of a unit that is certified; the agent does not run yet."""
        self.broker.enrol(unit)
        self.aboard(unit).mkdir()
        return installed(self.aboard(unit))

    def release(self, *words: str) -> str:
        """What `triporteur-depot release …` says."""
        said = ran(depot, "release", *words, "--config", str(self.depot_config))
        assert said.returncode == 0, said.stderr
        return said.stdout

    def told(self, unit: str) -> dict[str, Any]:
        """What the unit tells of a release; empty when nothing."""
        return dict((self.status(unit) or {}).get("release") or {})

    def listed(self, unit: str) -> dict[str, Any]:
        """What the depot knows of it."""
        lines = self.release("list", "--json").splitlines()
        [found] = [line for line in map(json.loads, lines) if line["unit"] == unit]
        return dict(found)


@contextmanager
def overheard(road: SecuredRoad, unit: str) -> Iterator[list[PieceRequest]]:
    """Every piece that the unit asks for, as the depot hears it."""
    heard: list[PieceRequest] = []
    subscribed = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "listener", protocol=mqtt.MQTTv5)
    client.username_pw_set("depot", road.broker.depot_password())
    client.on_message = lambda _c, _u, told: heard.append(_question(told.payload))
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", road.broker.local_port)
    client.loop_start()
    client.subscribe(topic(unit, Channel.REQUEST, Verb.RELEASE), qos=1)
    assert subscribed.wait(120)
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def _question(payload: bytes | bytearray) -> PieceRequest:
    return decode_piece_request(bytes(payload))


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakingRoad]:
    with BreakingRoad(tmp_path_factory.mktemp("road")) as made:
        made.start_broker()
        made.start_depot()
        yield made


def test_a_release_comes_aboard_though_link_and_agent_break(
    road: BreakingRoad, tmp_path: Path
) -> None:
    file, places = heavy(tmp_path, "1.1"), road.install("ben")
    least_bytes = min(map(len, lacking(file)))
    unit = road.start_unit("ben")
    wait_for(lambda: road.is_heard("ben"), "the depot has its status")
    with overheard(road, "ben") as asked:
        assert "ben: 1.1" in road.release("send", str(file), "ben", "--no-wait")
        wait_for(lambda: len(asked) >= 3, "pieces come")
        end(unit, signal.SIGKILL)
        road.restart_unit("ben")
        wait_for(lambda: len(asked) >= 5, "more come after the agent's death")
        road.link.hold("down")
        wait_for(
            lambda: road.link.held_down_bytes() > least_bytes or is_told(road, "waiting"),
            "an answer is held, if any is due",
        )
        road.link.reset()
        road.link.heal()
        wait_for(lambda: is_told(road, "waiting"), "all of it is there")
    is_whole(places, file)
    lacking_bytes = sum(map(len, lacking(file)))
    assert sum(one.count for one in asked) <= lacking_bytes + 2 * MAX_PIECE_BYTES
    wait_for(lambda: "1.1 attend" in card(road, "ben"), "the unit's page tells that it waits")
    update(Aboard(places))
    wait_for(lambda: is_told(road, "running"), "the unit tells that it runs")
    wait_for(lambda: road.listed("ben")["outcome"] == "running", "the depot knows")


def test_what_a_stranger_signed_is_refused_before_a_byte_of_it_comes(
    road: BreakingRoad, tmp_path: Path
) -> None:
    file = heavy(tmp_path, "1.1")
    sign(file, Ed25519PrivateKey.generate())
    road.install("zoe")
    road.start_unit("zoe")
    wait_for(lambda: road.is_heard("zoe"), "the depot has its status")
    with overheard(road, "zoe") as asked:
        road.release("send", str(file), "zoe", "--no-wait")
        wait_for(lambda: road.listed("zoe")["outcome"] == "refused", "the depot knows")
        assert "not signed" in road.listed("zoe")["why"]
        road.release("withdraw", "zoe", "--no-wait")
        wait_for(lambda: not road.told("zoe"), "the unit tells of nothing any more")
    assert asked == []


def is_told(road: BreakingRoad, outcome: str) -> bool:
    """Whether this became of it, as the unit says itself."""
    return bool(road.told("ben").get("outcome") == outcome)


def card(road: BreakingRoad, unit: str) -> str:
    """What the unit's page at the depot tells of versions, in the words that stand there."""
    words = re.sub(r"<[^>]*>|\s", " ", road.page(f"/unite/{unit}")).split()
    return " ".join(words).split("Version", 1)[-1]


def lacking(file: Path) -> list[bytes]:
    """What is packed of all parts but the one that the unit has."""
    manifest, packed = offer_of(file).manifest(), parts_in(file)
    return [packed[part.packed_sha256] for part in manifest.parts if part.name != "lib/theirs"]


def is_whole(places: Places, file: Path) -> None:
    """What root is told to be there is what was signed, to the byte."""
    arrivals = Arrivals(places.incoming)
    wanted = arrivals.wanted()
    assert wanted
    assert wanted.offer == offer_of(file)
    assert sorted(path.read_bytes() for path in arrivals.parts.iterdir()) == sorted(lacking(file))
