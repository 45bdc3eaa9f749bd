"""The whole road, every part real: simulated battery, unit, broker, depot, page."""

import signal
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.rig import Road, end, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    with Road(tmp_path) as made:
        made.start_broker()
        yield made


def fresh_charge(road: Road, unit: str) -> bool:
    status = road.status(unit)
    return bool(status and "soc_pct" in status["readings"].get("jbd", {}))


def stored_to(road: Road, unit: str) -> bool:
    """Whether all that is committed aboard is at the depot, and something is."""
    status = road.status(unit)
    return bool(status and status["delivery"]["connected"] and not status["delivery"]["waiting"])


def tell(simulator: Popen[bytes], words: str) -> None:
    assert simulator.stdin
    simulator.stdin.write(f"{words}\n".encode())
    simulator.stdin.flush()


def seqs(road: Road) -> list[int]:
    return [record["seq"] for record in road.records("ben")]


def committed(road: Road, unit: str) -> int:
    """The last seq that the unit's only log has on disk."""
    status = road.status(unit)
    return max(status["delivery"]["logs"].values()) if status else 0


def test_a_battery_is_seen_at_the_depot_and_falls_silent_when_it_does(road: Road) -> None:
    road.start_depot()
    simulator = road.start_simulator("ben", "--trike", "charging", "--seed", "7")
    road.start_unit("ben", "jbd")
    wait_for(lambda: "En charge" in road.page(), "the fleet page says that ben charges")
    road.silence("ben", simulator)
    page = wait_for(
        lambda: page if "muette" in (page := road.page()) else "", "ben's battery is said silent"
    )
    assert "En charge" not in page


def test_a_unit_that_dies_is_silent_and_its_last_value_is_not_shown(road: Road) -> None:
    road.start_depot()
    road.start_simulator("ben", "--trike", "charging", "--seed", "7")
    unit = road.start_unit("ben", "jbd")
    wait_for(lambda: "En charge" in road.page(), "the fleet page says that ben charges")
    end(unit, signal.SIGKILL)
    page = wait_for(
        lambda: page if "Muet depuis" in (page := road.page()) else "",
        "ben is said silent",
    )
    assert "En charge" not in page


def test_a_unit_that_is_stopped_says_goodbye(road: Road) -> None:
    road.start_depot()
    road.start_simulator("ben", "--trike", "charging", "--seed", "7")
    unit = road.start_unit("ben", "jbd")
    wait_for(lambda: "En charge" in road.page(), "the fleet page says that ben charges")
    assert end(unit) == 0
    wait_for(lambda: "teint" in road.page(), "ben is said to be off")


def test_the_page_follows_a_change_of_load(road: Road) -> None:
    road.start_depot()
    simulator = road.start_simulator("ben", "--trike", "forgotten", "--seed", "7")
    road.start_unit("ben", "jbd")
    wait_for(lambda: "Au repos" in road.page(), "ben is said at rest")
    tell(simulator, "load 900")
    wait_for(lambda: "Au repos" not in road.page(), "the page follows the load")


def test_what_the_depot_stores_is_what_the_unit_recorded(road: Road) -> None:
    road.start_depot()
    road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
    unit = road.start_unit("ben", "jbd", "vedirect")
    wait_for(lambda: fresh_charge(road, "ben"), "the battery is read")
    wait_for(lambda: stored_to(road, "ben"), "the depot has what is committed")
    end(unit)
    aboard = road.journal("ben")
    unit = road.start_unit("ben", "jbd", "vedirect")
    wait_for(lambda: len(road.records("ben")) > len(aboard), "the depot has the second log too")
    stored = road.records("ben")[: len(aboard)]
    assert [recorded(one) for one in stored] == [recorded(one) for one in aboard]


def recorded(printed: dict[str, Any]) -> dict[str, Any]:
    """A record without the bounds of its time, which tighten as more is known."""
    return {key: said for key, said in printed.items() if key[:4] != "not_"}


def test_a_depot_that_was_away_gets_everything_once(road: Road) -> None:
    depot = road.start_depot()
    simulator = road.start_simulator("ben", "--trike", "on-site", "--seed", "7", "--speed", "30")
    tell(simulator, "phase riding")
    road.start_unit("ben", "jbd", "vedirect")
    wait_for(lambda: road.records("ben"), "the depot hears the unit")
    end(depot, signal.SIGKILL)
    before = len(road.records("ben"))
    wait_for(lambda: committed(road, "ben") > before + 20, "records wait")
    aboard = set(range(1, committed(road, "ben") + 1))
    road.restart_depot()
    # What the broker took and the depot never got is sent again after a minute.
    wait_for(lambda: aboard <= set(seqs(road)), "the depot has caught up")
    stored = seqs(road)
    assert len(stored) == len(set(stored))


def test_a_depot_that_lost_its_broker_says_so_and_hears_again(tmp_path: Path) -> None:
    with Road(tmp_path) as road:
        broker = road.start_broker()
        road.start_depot()
        road.start_simulator("ben", "--trike", "charging", "--seed", "7")
        road.start_unit("ben", "jbd")
        wait_for(lambda: "En charge" in road.page(), "the fleet page says that ben charges")
        end(broker, signal.SIGKILL)
        wait_for(lambda: "n’entend plus aucune unité" in road.page(), "the page says it is deaf")
        road.start_broker()
        wait_for(
            lambda: "n’entend plus" not in (page := road.page()) and "En charge" in page,
            "all is heard again",
        )
