"""`triporteur-device release`: what it says of what runs, lies there and arrives."""

import io
import json
from pathlib import Path

import msgspec
import pytest

from tests.device.updates.aboard import Aboard, update
from tests.device.updates.making import arrive, installed, made
from triporteur_device.clock import boottime_ms
from triporteur_device.commands import release
from triporteur_device.commands.update import withdraw
from triporteur_device.snapshot import write_snapshot
from triporteur_device.updates.places import Places
from triporteur_wire.messages import Delivery, Status
from triporteur_wire.releases import Told


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return installed(tmp_path)


def shown(places: Places, *, as_json: bool = False) -> str:
    out = io.StringIO()
    snapshot = places.folder.parent / "snapshot.json"
    assert release.run(as_json=as_json, places=places, snapshot=snapshot, out=out) == 0
    return out.getvalue()


def tell(places: Places, told: Told) -> None:
    delivery = Delivery(True, 0, None, 0, {})
    said = Status("ben", "", "1.0", 1, boottime_ms(), None, 15, {}, {}, delivery, release=told)
    write_snapshot(places.folder.parent / "snapshot.json", said)


def test_without_an_agent_it_tells_what_lies_there(places: Places, tmp_path: Path) -> None:
    assert shown(places) == "1.0 runs; the package is 1.0\n"
    arrive(places, made(tmp_path, "1.1"))
    assert shown(places).endswith("\n1.1 lies there\n")
    update(Aboard(places))
    assert shown(places).endswith("1.1 runs; the package is 1.0\nlast: 1.1, running\n")


def test_what_arrives_is_told_as_the_agent_says_it(places: Places) -> None:
    told = Told("1.5", "arriving", 3, "", 1_200_000, 5_700_000)
    tell(places, told)
    assert shown(places).endswith("\noffered by the depot: 1.5, arriving: 1.2 of 5.7 MB\n")
    assert json.loads(shown(places, as_json=True))["offered"] == msgspec.to_builtins(told)


def test_what_is_taken_back_is_not_said_to_wait(places: Places, tmp_path: Path) -> None:
    arrive(places, made(tmp_path, "1.1"))
    aboard = Aboard(places)
    aboard.unsuited_for = ["an outing is under way, or begins soon"]
    update(aboard)
    assert "last: 1.1, waiting: an outing is under way" in shown(places)
    assert withdraw(places) == 0
    assert shown(places) == "1.0 runs; the package is 1.0\n"


def test_what_waits_is_told_with_what_is_there(places: Places) -> None:
    tell(places, Told("1.5", "waiting", 3, "it is gone", 1_200_000, 5_700_000))
    assert shown(places).endswith(
        "\noffered by the depot: 1.5, waiting: 1.2 of 5.7 MB: it is gone\n"
    )


def test_a_refused_offer_is_told_with_its_reason(places: Places) -> None:
    tell(places, Told("1.5", "refused", 3, "it is for aarch64, and this is x86_64"))
    assert shown(places).endswith(
        "\noffered by the depot: 1.5, refused: it is for aarch64, and this is x86_64\n"
    )
