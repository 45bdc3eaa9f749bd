"""A release comes from the depot: what is refused, what is fetched, and what root is given."""

import shutil
from pathlib import Path

import pytest

from tests.device.updates.aboard import Aboard, left, runs, update
from tests.device.updates.lane import Depot, Lane, lacking, offer_of
from tests.device.updates.making import arrive, made
from triporteur_device.updates.arrivals import revision_of
from triporteur_device.updates.places import Places
from triporteur_device.updates.state import State, read_state, write_state
from triporteur_wire.messages import LinkUse
from triporteur_wire.releases import UNSIGNED, Offer, Outcome, Told


def test_what_lacks_comes_and_root_is_told(lane: Lane, depot: Depot, file: Path) -> None:
    offer, parts = offer_of(file), lacking(file)
    told = lane.offer(offer, 7)
    total = sum(map(len, parts.values()))
    assert told == Told("1.1", Outcome.ARRIVING, 7, "", 0, total)
    assert lane.fetch(depot) > len(parts)
    assert {path.name: path.read_bytes() for path in lane.arrivals.parts.iterdir()} == parts
    wanted = lane.arrivals.wanted()
    assert wanted
    assert (wanted.offer, revision_of(wanted.wish)) == (offer, 7)
    assert lane.turn() == Told("1.1", Outcome.WAITING, 7)
    assert depot.given_bytes == total


def test_root_runs_what_came_and_the_unit_tells_it(
    lane: Lane, depot: Depot, file: Path, places: Places
) -> None:
    lane.offer(offer_of(file), 7)
    lane.fetch(depot)
    aboard = Aboard(places)
    aboard.unsuited_for = ["an outing is under way, or begins soon"]
    update(aboard)
    lane.asks(10)
    why = "an outing is under way, or begins soon"
    assert lane.turn() == Told("1.1", Outcome.WAITING, 7, why)
    update(aboard)
    assert runs(places) == "1.1"
    lane.restart()
    assert lane.turn() == Told("1.1", Outcome.RUNNING, 7)
    assert left(places.incoming) == []


def test_a_piece_is_asked_for_behind_what_lives(lane: Lane, file: Path) -> None:
    lane.offer(offer_of(file))
    lane.busy = True
    assert lane.asks() is None
    lane.busy = False
    assert lane.asks() is not None
    assert lane.asks() is None


def test_who_begins_anew_goes_on_where_it_stopped(lane: Lane, depot: Depot, file: Path) -> None:
    lane.offer(offer_of(file))
    while lane.fetch(depot, 1):
        lane.restart()
    assert depot.given_bytes == sum(map(len, lacking(file).values()))
    assert lane.turn().outcome == Outcome.WAITING


def test_what_another_release_holds_too_is_not_fetched_again(
    lane: Lane, depot: Depot, file: Path, later: Path
) -> None:
    lane.offer(offer_of(file), 1)
    lane.fetch(depot)
    before = depot.given_bytes
    lane.offer(offer_of(later), 2)
    assert lane.arrivals.wanted() is None
    lane.fetch(depot)
    shared = lacking(file).keys() & lacking(later).keys()
    assert shared
    anew = sum(len(data) for name, data in lacking(later).items() if name not in shared)
    assert depot.given_bytes - before == anew
    assert {path.name for path in lane.arrivals.parts.iterdir()} == lacking(later).keys()


def test_the_same_wish_twice_is_one(lane: Lane, depot: Depot, file: Path) -> None:
    lane.offer(offer_of(file), 1)
    lane.fetch(depot)
    word = lane.arrivals.word.stat()
    lane.offer(offer_of(file), 1)
    lane.restart()
    assert lane.fetch(depot) == 0
    assert lane.arrivals.word.stat() == word


def test_what_is_withdrawn_is_gone(lane: Lane, depot: Depot, file: Path, places: Places) -> None:
    lane.offer(offer_of(file))
    lane.fetch(depot, 2)
    lane.withdraw()
    assert lane.asks() is None
    assert lane.receiver.told is None
    lane.offer(offer_of(file), 2)
    lane.fetch(depot)
    lane.withdraw()
    assert left(places.incoming) == []
    lane.restart()
    assert lane.receiver.told is None
    assert lane.asks() is None


def test_what_is_on_trial_is_left_to_root(lane: Lane, depot: Depot, file: Path) -> None:
    lane.offer(offer_of(file), 3)
    lane.fetch(depot)
    update(Aboard(lane.places, {}))
    last = read_state(lane.places.state).last
    assert last
    trial = State("", "", "1.1", last.__class__("1.1", last.digest, last.wish, Outcome.TRIAL))
    write_state(lane.places.state, trial)
    arrive(lane.places, file, last.wish)
    lane.asks(10)
    assert lane.turn() == Told("1.1", Outcome.TRIAL, 3)
    lane.withdraw()
    assert lane.arrivals.wanted()
    assert lane.turn() == Told("1.1", Outcome.TRIAL, 3)


# Refused before a byte is fetched


def test_what_nobody_signed_is_refused(lane: Lane, file: Path) -> None:
    unsigned = Offer.of(f"{UNSIGNED}\n{offer_of(file).raw.decode()}\n".encode())
    told = lane.offer(unsigned)
    assert (told.outcome, told.why) == (
        "refused",
        f"it is not signed by a key of {lane.places.keys}",
    )
    assert lane.asks(3600) is None


def test_what_is_no_later_than_what_runs_is_refused(lane: Lane, tmp_path: Path) -> None:
    told = lane.offer(offer_of(made(tmp_path, "1.0")))
    assert (told.version, told.outcome) == ("1.0", Outcome.REFUSED)
    assert lane.asks(3600) is None


def test_what_is_refused_takes_the_place_of_what_came_before(
    lane: Lane, depot: Depot, file: Path, tmp_path: Path
) -> None:
    lane.offer(offer_of(file), 1)
    lane.fetch(depot)
    lane.offer(offer_of(made(tmp_path, "1.0")), 2)
    assert left(lane.places.incoming) == []


def test_a_unit_that_is_given_a_key_takes_what_it_refused(
    lane: Lane, depot: Depot, file: Path
) -> None:
    keys = lane.places.keys.read_bytes()
    lane.places.keys.unlink()
    assert lane.offer(offer_of(file)).outcome == Outcome.REFUSED
    lane.places.keys.write_bytes(keys)
    lane.asks(601)
    assert lane.turn().outcome == Outcome.ARRIVING


@pytest.mark.parametrize("payload", [b"{", b"null", b'{"revision":1,"sha256":"","body":1}'])
def test_an_offer_that_cannot_be_read_is_passed_over(
    lane: Lane, file: Path, payload: bytes
) -> None:
    lane.offer(offer_of(file), 2)
    lane.receiver.take(payload)
    assert lane.turn().revision == 2


# Waited for


def test_a_full_card_is_waited_for(lane: Lane, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr("triporteur_device.updates.building._SPARE_BYTES", 10**18)
        told = lane.offer(offer_of(file))
        assert told.outcome == Outcome.WAITING
        assert "MB free" in told.why
        assert lane.asks(601) is None
    lane.asks(601)
    assert lane.turn().outcome == Outcome.ARRIVING


def test_a_folder_that_takes_nothing_is_told(lane: Lane, depot: Depot, file: Path) -> None:
    lane.offer(offer_of(file))
    lane.arrivals.parts.rmdir()
    lane.arrivals.parts.write_text("not a folder")
    lane.fetch(depot, 1)
    assert lane.turn().outcome == Outcome.WAITING
    assert "Not a directory" in lane.turn().why
    lane.arrivals.parts.unlink()
    lane.arrivals.parts.mkdir()
    lane.asks(601)
    assert lane.turn().outcome == Outcome.ARRIVING


def test_a_folder_that_is_not_there_is_told(lane: Lane, file: Path) -> None:
    shutil.rmtree(lane.places.incoming)
    told = lane.offer(offer_of(file))
    assert told.outcome == Outcome.WAITING
    assert "No such file" in told.why


@pytest.mark.parametrize("version", [b"\xff\xff", b"one point two"])
def test_a_package_that_the_card_spoiled_is_told(lane: Lane, file: Path, version: bytes) -> None:
    (lane.places.factory / "VERSION").write_bytes(version)
    told = lane.offer(offer_of(file))
    assert told.outcome == Outcome.WAITING
    assert "has no version" in told.why


def test_a_month_that_has_little_left_is_waited_for(lane: Lane, depot: Depot, file: Path) -> None:
    total = sum(map(len, lacking(file).values()))
    lane.link = LinkUse("2026-11", 0, 0, 2 * total - 1)
    told = lane.offer(offer_of(file))
    assert (told.outcome, "at most half" in told.why) == (Outcome.WAITING, True)
    assert (told.there_bytes, told.total_bytes) == (0, total)
    assert lane.asks() is None
    lane.link = LinkUse("2026-12", 0, 0, 2 * total)
    assert lane.asks(10) is not None


def test_nothing_comes_once_the_month_is_spent(lane: Lane, depot: Depot, file: Path) -> None:
    lane.offer(offer_of(file))
    lane.fetch(depot, 1)
    lane.link = LinkUse("2026-11", 0, 1000, 1000)
    lane.asks(10)
    assert lane.fetch(depot) == 0


def test_a_link_that_loses_too_much_brings_it_next_month(
    lane: Lane, depot: Depot, file: Path
) -> None:
    total = sum(map(len, lacking(file).values()))
    lane.link = LinkUse("2026-11", 0, 1_000, 0)
    lane.offer(offer_of(file), 7)
    lane.fetch(depot, 1)
    assert lane.asks(40)
    lane.link = LinkUse("2026-11", 0, 1_000 + 3 * total + 300_000, 0)
    lane.asks(10)
    assert lane.turn().outcome == Outcome.ARRIVING
    lane.restart()
    assert lane.asks(40)
    lane.link = LinkUse("2026-11", 0, 1_000 + 3 * total + 300_001, 0)
    lane.asks(10)
    told = lane.turn()
    assert (told.outcome, told.total_bytes) == (Outcome.WAITING, total)
    assert told.there_bytes > 0
    assert "0.8 MB came, and 0.2 lacked: the link loses too much" in told.why
    assert lane.fetch(depot) == 0
    lane.link = LinkUse("2026-12", 0, 0, 0)
    lane.fetch(depot)
    assert lane.turn() == Told("1.1", Outcome.WAITING, 7)


def test_a_depot_that_gives_a_byte_at_a_time_is_asked_every_hour(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    question = lane.asks(40)
    assert question
    told = lane.hear(depot.answer(question)[:17])
    assert (told.outcome, told.there_bytes) == (Outcome.WAITING, 0)
    assert lane.fetch(depot) == 0


def test_what_the_depot_has_no_more_is_asked_for_every_hour(
    lane: Lane, depot: Depot, file: Path
) -> None:
    lane.offer(offer_of(file))
    depot.forget()
    assert lane.fetch(depot) == 1
    assert "does not have it" in lane.turn().why
    assert lane.asks(3500) is None
    depot.keep(file)
    lane.now_ms += 3_600_000
    lane.fetch(depot)
    assert lane.turn().outcome == Outcome.WAITING
