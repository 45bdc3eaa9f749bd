"""One update after another: what runs, what is refused, what waits, and what is gone back from."""

import logging
from pathlib import Path

import pytest

from tests.device.updates.aboard import Aboard, boot, left, outcome, releases, runs, update
from tests.device.updates.making import arrive, installed, made
from triporteur_device.updates.arrivals import Arrivals, Wanted
from triporteur_device.updates.places import Places
from triporteur_device.updates.state import State, read_state, write_state
from triporteur_device.updates.update import Illness
from triporteur_wire.releases import UNSIGNED, Offer


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return installed(tmp_path)


@pytest.fixture
def aboard(places: Places) -> Aboard:
    return Aboard(places)


def test_a_later_release_runs_and_stays(places: Places, aboard: Aboard, tmp_path: Path) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    assert runs(places) == boot(places) == "1.1"
    assert aboard.ran == ["1.1"]
    assert outcome(places) == ("1.1", "running", "")
    assert left(places.incoming) == []
    update(aboard)
    assert aboard.ran == ["1.1"]


def test_the_one_after_it_takes_its_place(places: Places, aboard: Aboard, tmp_path: Path) -> None:
    for version in ("1.1", "1.2"):
        arrive(places, made(tmp_path, version))
        update(aboard)
    assert boot(places) == "1.2"
    assert releases(places) == ["1.2"]


def test_a_release_that_is_not_well_is_gone_back_from(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    arrive(places, made(tmp_path, "1.2"), "file 2")
    aboard.ill["1.2"] = Illness("its agent did not tell of itself")
    update(aboard)
    assert runs(places) == boot(places) == "1.1"
    assert aboard.ran == ["1.1", "1.2", "1.1"]
    assert outcome(places) == ("1.2", "failed", "its agent did not tell of itself")
    assert releases(places) == ["1.1"]
    assert left(places.incoming) == []


def test_what_failed_is_not_tried_again_unless_somebody_wishes_it_again(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    file = made(tmp_path, "1.1")
    aboard.ill["1.1"] = Illness("no")
    arrive(places, file)
    update(aboard)
    arrive(places, file)
    update(aboard)
    assert aboard.ran == ["1.1", "1.0"]
    arrive(places, file, "file 2")
    aboard.ill.clear()
    update(aboard)
    assert runs(places) == "1.1"


def test_a_trial_that_proves_nothing_is_repeated_three_times(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    aboard.ill["1.1"] = Illness("it did not reach the depot", proves=False)
    said = []
    for _ in range(4):
        update(aboard)
        said.append(outcome(places)[1])
    assert said == ["waiting", "waiting", "failed", "failed"]
    assert aboard.ran == ["1.1", "1.0"] * 3


@pytest.mark.parametrize("when", [0, 1], ids=["before it is unpacked", "after"])
def test_a_change_waits_until_it_suits(
    places: Places, aboard: Aboard, tmp_path: Path, when: int
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    aboard.unsuited_for = [""] * when + ["an outing is under way"]
    update(aboard)
    assert aboard.ran == []
    assert outcome(places) == ("1.1", "waiting", "an outing is under way")
    assert releases(places) == ["1.1"] * when
    update(aboard)
    assert runs(places) == "1.1"


def test_what_nobody_signed_is_refused(places: Places, aboard: Aboard, tmp_path: Path) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    Arrivals(places.incoming).say(Wanted("file 2", f"{UNSIGNED}\n{offer.raw.decode()}\n"))
    update(aboard)
    assert aboard.ran == []
    assert outcome(places)[1:] == ("refused", f"it is not signed by a key of {places.keys}")
    assert left(places.incoming) == []


def test_an_earlier_release_is_refused(places: Places, aboard: Aboard, tmp_path: Path) -> None:
    for version in ("1.2", "1.1"):
        arrive(places, made(tmp_path, version))
        update(aboard)
    assert boot(places) == "1.2"
    assert outcome(places)[1] == "refused"


def test_another_package_takes_over(places: Places, aboard: Aboard, tmp_path: Path) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    (places.factory / "VERSION").write_text("1.0.5\n")
    assert boot(places) == "1.0.5"
    update(aboard)
    assert releases(places) == []


@pytest.mark.parametrize("lost", ["RELEASE", "VERSION", ""])
def test_what_is_chosen_and_not_whole_gives_way_to_the_package(
    places: Places, aboard: Aboard, tmp_path: Path, lost: str
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    release = places.release("1.1")
    if lost:
        (release / lost).unlink()
    else:
        release.rename(tmp_path / "gone")
    assert boot(places) == "1.0"


def test_a_state_that_cannot_be_read_gives_way_to_the_package(
    places: Places, aboard: Aboard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    places.state.write_bytes(b"\xff{")
    assert boot(places) == "1.0"
    assert [record.levelno for record in caplog.records][-1] == logging.ERROR


def test_a_word_that_makes_no_sense_is_passed_over(places: Places, aboard: Aboard) -> None:
    for said in (b"", b"{}", b'{"wish":"x","text":"x"}', b"\xff" * 500_000):
        (places.incoming / "wanted.json").write_bytes(said)
        update(aboard)
    assert aboard.ran == []
    assert outcome(places) == ("", "", "")


def test_a_manifest_of_later_times_is_refused_by_its_version(
    places: Places, aboard: Aboard
) -> None:
    text = Offer(bytes(64), b'{"format":2,"version":"9.9"}').text.decode()
    Arrivals(places.incoming).say(Wanted("file 1", text))
    update(aboard)
    assert outcome(places)[:2] == ("9.9", "refused")


def test_a_full_card_is_waited_for(
    places: Places, aboard: Aboard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    with monkeypatch.context() as full:
        full.setattr("triporteur_device.updates.building._SPARE_BYTES", 10**18)
        update(aboard)
    assert outcome(places)[1] == "waiting"
    assert "MB free" in outcome(places)[2]
    update(aboard)
    assert runs(places) == "1.1"


def test_a_trial_that_nobody_finished_is_gone_back_from(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    write_state(places.state, State("", "", "1.1", read_state(places.state).last))
    assert boot(places) == "1.0"
    places.link.unlink()
    places.link.symlink_to(places.release("1.1"))
    update(aboard)
    assert runs(places) == aboard.ran[-1] == "1.0"
