"""The road with locks on every door: who comes in, who is sent away, what comes down."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rig import end, wait_for
from tests.secured_road import SecuredRoad

pytestmark = pytest.mark.slow


@pytest.fixture
def road(tmp_path: Path) -> Iterator[SecuredRoad]:
    with SecuredRoad(tmp_path) as made:
        made.start_broker()
        made.start_depot()
        made.broker.start_registrar()
        yield made


def start(road: SecuredRoad, unit: str) -> None:
    simulator = road.start_simulator(unit, "--trike", "on-site", "--seed", "7")
    assert simulator.stdin
    simulator.stdin.write(b"phase riding\n")
    simulator.stdin.flush()
    road.start_unit(unit, "jbd")


def seen(road: SecuredRoad, unit: str) -> dict[str, Any]:
    """The unit's own status, which is not shown while it is older than ten seconds."""
    return wait_for(lambda: road.status(unit), "the unit has a status") or {}


def delivered(road: SecuredRoad, unit: str) -> bool:
    """Whether all that is committed aboard is at the depot, and something is."""
    status = road.status(unit)
    return bool(status and status["delivery"]["connected"] and not status["delivery"]["waiting"])


def connected(road: SecuredRoad, unit: str) -> bool:
    status = road.status(unit)
    return bool(status and status["delivery"]["connected"])


def test_a_new_unit_comes_in_with_its_bundle_and_what_it_kept_until_then(
    road: SecuredRoad,
) -> None:
    start(road, "ben")
    wait_for(lambda: "not enrolled" in road.log("ben"), "ben says that it is nobody yet")
    wait_for(lambda: road.journal("ben"), "it records all the same")
    road.enrol("ben")
    wait_for(lambda: delivered(road, "ben"), "the depot has everything")
    assert road.records("ben")[0]["kind"] == "open"
    status = seen(road, "ben")
    assert status["certified_until_utc_ms"] > status["utc_ms"] + 300 * 86_400_000
    assert not (road.identity("ben") / "bundle.json").exists()


def test_a_used_bundle_is_refused_in_words_to_whoever_has_it(road: SecuredRoad) -> None:
    start(road, "ben")
    road.enrol("ben")
    wait_for(lambda: connected(road, "ben"), "ben is in")
    # The same card, copied before the bundle was used, in another unit.
    road.start_simulator("copy", "--trike", "on-site", "--seed", "8")
    road.unit_config("copy").write_text(
        road.unit_config("ben")
        .read_text()
        .replace(str(road.folder / "ben"), str(road.folder / "copy"))
    )
    (road.folder / "copy.bundle").write_bytes((road.folder / "ben.bundle").read_bytes())
    road.take_bundle("copy")
    road.restart_unit("copy")
    wait_for(lambda: "enrolment: the depot refuses" in road.log("copy"), "it is sent away")
    assert "used" in road.log("copy")
    assert not connected(road, "copy")


def test_a_revoked_unit_is_out_at_once_and_a_replaced_one_brings_everything(
    road: SecuredRoad,
) -> None:
    start(road, "ben")
    road.enrol("ben")
    wait_for(lambda: delivered(road, "ben"), "ben is in")
    said = road.broker.command("revoke", "ben")
    assert "ben" in said
    wait_for(lambda: not connected(road, "ben"), "ben is out")
    kept = len(road.records("ben"))
    wait_for(lambda: len(road.journal("ben")) > kept + 3, "it records all the same")
    road.broker.command("replace", "ben", "--out", str(road.folder / "ben.new"))
    (road.folder / "ben.new").replace(road.folder / "ben.bundle")
    road.take_bundle("ben")
    wait_for(lambda: len(road.records("ben")) > kept, "the depot has the rest")
    stored = [(record["log"], record["seq"]) for record in road.records("ben")]
    assert len(stored) == len(set(stored))


def test_settings_come_down_count_and_are_reported(road: SecuredRoad) -> None:
    start(road, "ben")
    road.enrol("ben")
    wait_for(lambda: delivered(road, "ben"), "ben is in")
    wait_for(lambda: road.is_heard("ben"), "the depot has ben's status too")
    said = road.broker.command("settings", "ben", "unit.place=Brest", "--wait", "100")
    assert "revision 1, in use" in said
    wait_for(lambda: "Brest" in road.page(), "the page has the new place")
    refused = road.broker.attempt("settings", "ben", "mqtt.host=elsewhere.example", "--wait", "100")
    assert "cannot be set from the depot" in refused.stdout + refused.stderr
    assert seen(road, "ben")["place"] == "Brest"


def test_the_end_of_the_agent_flushes_what_is_buffered(road: SecuredRoad) -> None:
    road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
    unit = road.start_unit("ben", "jbd", commit_interval_s=3600)
    fresh = lambda: (s := road.status("ben")) and "current_a" in s["readings"].get("jbd", {})  # noqa: E731
    wait_for(fresh, "the battery is read")
    assert not telemetry(road, "jbd")
    assert end(unit, signal.SIGTERM) == 0
    assert telemetry(road, "jbd")


def telemetry(road: SecuredRoad, source: str) -> list[object]:
    """What the journal aboard holds of this source's telemetry."""
    return [
        record["body"]
        for record in road.journal("ben")
        if record["kind"] == "telemetry" and record["body"][0] == source
    ]
