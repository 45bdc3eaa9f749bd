"""A release that somebody gives beside the unit, while the depot offers one."""

import os
import threading
from pathlib import Path

import pytest

from tests.device.updates.aboard import Aboard, boot, left, outcome, releases, runs, update
from tests.device.updates.lane import Depot, Lane, offer_of, parts_in
from tests.device.updates.making import arrive, by_hand
from tests.rig import wait_for
from triporteur_device.commands.update import run, withdraw
from triporteur_device.updates.places import Places
from triporteur_wire.releases import Outcome, Told

pytestmark = pytest.mark.slow

_OUTING = "an outing is under way, or begins soon"


def test_what_runs_is_said_to_run_whatever_somebody_gave_beside_the_unit_since(
    lane: Lane, depot: Depot, file: Path, places: Places
) -> None:
    lane.offer(offer_of(file), 7)
    lane.fetch(depot)
    update(Aboard(places))
    arrive(places, file, by_hand(2))
    update(Aboard(places))
    assert outcome(places) == ("1.1", Outcome.RUNNING, "")
    lane.asks(10)
    assert lane.turn() == Told("1.1", Outcome.RUNNING, 7)


def test_what_somebody_gave_beside_the_unit_goes_first(
    lane: Lane, depot: Depot, file: Path, later: Path
) -> None:
    lane.offer(offer_of(later), 3)
    lane.fetch(depot, 1)
    arrive(lane.places, file, by_hand(1))
    lane.asks(10)
    assert lane.turn() == Told("1.2", Outcome.WAITING, 3, "another release goes first")
    assert lane.fetch(depot) == 0
    update(Aboard(lane.places))
    assert runs(lane.places) == "1.1"
    lane.fetch(depot)
    update(Aboard(lane.places))
    assert runs(lane.places) == "1.2"


def test_what_somebody_gave_is_told_where_the_depot_wishes_nothing(lane: Lane, file: Path) -> None:
    arrive(lane.places, file, by_hand(1))
    update(Aboard(lane.places))
    lane.asks(10)
    assert lane.turn() == Told("1.1", Outcome.RUNNING, 0)
    assert lane.offer(offer_of(file), 4) == Told("1.1", Outcome.RUNNING, 4)


@pytest.mark.parametrize("is_offered", [False, True])
def test_a_file_that_is_being_copied_is_left_alone(
    lane: Lane, depot: Depot, file: Path, later: Path, tmp_path: Path, *, is_offered: bool
) -> None:
    if is_offered:
        lane.offer(offer_of(later), 3)
        lane.fetch(depot, 2)
    slow = tmp_path / "slow.release"
    os.mkfifo(slow)
    ended: list[int] = []
    command = threading.Thread(
        target=lambda: ended.append(run(slow, wait=False, places=lane.places))
    )
    command.start()
    first, *_ = parts_in(file)
    data = file.read_bytes()
    begun = len(offer_of(file).text) + len(parts_in(file)[first])
    with slow.open("wb") as pipe:
        pipe.write(data[:begun])
        pipe.flush()
        part = lane.arrivals.parts / first
        wait_for(part.exists, "the first part is not kept")
        assert lane.asks(10) is None
        assert part.exists()
        if is_offered:
            assert lane.turn() == Told("1.2", Outcome.WAITING, 3, "another release goes first")
        pipe.write(data[begun:])
    command.join()
    assert ended == [0]
    assert lane.asks(10) is None
    update(Aboard(lane.places))
    assert runs(lane.places) == "1.1"


def test_what_goes_first_says_what_it_waits_for(lane: Lane, file: Path, later: Path) -> None:
    arrive(lane.places, file)
    aboard = Aboard(lane.places)
    aboard.unsuited_for = [_OUTING]
    update(aboard)
    told = lane.offer(offer_of(later), 3)
    assert told == Told("1.2", Outcome.WAITING, 3, f"another release goes first: {_OUTING}")


def test_what_is_taken_back_leaves_the_way_to_the_depots(
    lane: Lane, depot: Depot, file: Path, later: Path
) -> None:
    arrive(lane.places, file)
    aboard = Aboard(lane.places)
    aboard.unsuited_for = [_OUTING]
    update(aboard)
    lane.asks(10)
    assert lane.turn() == Told("1.1", Outcome.WAITING, 0, _OUTING)
    assert withdraw(lane.places) == 0
    assert left(lane.places.incoming) == []
    lane.asks(10)
    assert lane.receiver.told is None
    lane.offer(offer_of(later), 3)
    lane.fetch(depot)
    update(Aboard(lane.places))
    assert runs(lane.places) == "1.2"


def test_what_was_taken_back_is_not_told_to_go_first_any_more(
    lane: Lane, file: Path, later: Path
) -> None:
    lane.places.keys.rename(lane.places.folder / "aside")
    lane.offer(offer_of(later), 3)
    arrive(lane.places, file)
    lane.asks(10)
    assert lane.turn().why == "another release goes first"
    assert withdraw(lane.places) == 0
    lane.asks(10)
    assert lane.turn().outcome == Outcome.REFUSED


def test_what_was_unpacked_and_taken_back_is_gone_after_a_boot(
    places: Places, file: Path, later: Path
) -> None:
    arrive(places, file)
    update(Aboard(places))
    arrive(places, later, by_hand(2))
    aboard = Aboard(places)
    aboard.unsuited_for = ["", _OUTING]
    update(aboard)
    assert releases(places) == ["1.1", "1.2"]
    assert boot(places) == "1.1"
    assert releases(places) == ["1.1", "1.2"]
    assert withdraw(places) == 0
    assert boot(places) == "1.1"
    assert releases(places) == ["1.1"]


def test_a_state_that_cannot_be_read_takes_no_release_away(places: Places, file: Path) -> None:
    arrive(places, file)
    update(Aboard(places))
    state = places.state.read_bytes()
    places.state.unlink()
    places.state.mkdir()
    assert boot(places) == "1.0"
    places.state.rmdir()
    places.state.write_bytes(state)
    assert boot(places) == "1.1"


def test_the_depots_release_is_not_taken_back_beside_the_unit(
    lane: Lane, depot: Depot, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert withdraw(lane.places) == 1
    lane.offer(offer_of(file), 3)
    lane.fetch(depot)
    assert withdraw(lane.places) == 1
    assert lane.arrivals.wanted()
    assert "nothing waits here" in capsys.readouterr().err


# Another package is installed since


@pytest.mark.parametrize("wish", [by_hand(1), "depot-7"])
def test_what_a_package_took_over_from_is_not_told_to_run(
    lane: Lane, file: Path, places: Places, wish: str
) -> None:
    arrive(places, file, wish)
    update(Aboard(places))
    lane.asks(10)
    assert lane.turn().outcome == Outcome.RUNNING
    (places.factory / "VERSION").write_text("1.0.5\n")
    lane.restart()
    assert lane.receiver.told is None


def test_what_a_package_took_over_from_comes_again_while_the_depot_offers_it(
    lane: Lane, depot: Depot, file: Path, places: Places
) -> None:
    lane.offer(offer_of(file), 7)
    lane.fetch(depot)
    update(Aboard(places))
    (places.factory / "VERSION").write_text("1.0.5\n")
    update(Aboard(places))
    assert runs(places) == "1.0.5"
    lane.restart()
    assert lane.turn().outcome == Outcome.ARRIVING
    lane.fetch(depot)
    update(Aboard(places))
    lane.asks(10)
    assert (runs(places), lane.turn()) == ("1.1", Told("1.1", Outcome.RUNNING, 7))
