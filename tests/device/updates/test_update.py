"""One update after another: what runs, what is refused, what waits, and what is gone back from."""

import logging
import os
from pathlib import Path

import pytest

from tests.device.updates.aboard import Aboard, boot, left, outcome, releases, runs, update
from tests.device.updates.making import MACHINE, arrive, by_hand, installed, made
from triporteur_device.updates.arrivals import Arrivals, Wanted
from triporteur_device.updates.places import Places
from triporteur_device.updates.state import State, read_state, write_state
from triporteur_device.updates.update import Illness, Update
from triporteur_wire.releases import UNSIGNED, Offer

pytestmark = pytest.mark.slow

COMPILED = "lib/theirs/__pycache__/big.pyc"
GIVEN_UP = "the card damaged it: send it again, and look at the card"


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
    arrive(places, made(tmp_path, "1.2"), by_hand(2))
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
    arrive(places, file, by_hand(2))
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
    Arrivals(places.incoming).say(Wanted(by_hand(2), f"{UNSIGNED}\n{offer.raw.decode()}\n"))
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


@pytest.mark.parametrize("lost", ["RELEASE", "VERSION", "lib/theirs/big.py", COMPILED, ""])
def test_what_is_chosen_and_not_whole_gives_way_to_the_package(
    places: Places, aboard: Aboard, tmp_path: Path, lost: str
) -> None:
    file = chosen_and_compiled(aboard, tmp_path)
    path = places.release("1.1") / lost
    path.unlink() if lost else path.rename(tmp_path / "gone")
    assert boot(places) == "1.0"
    assert outcome(places) == ("1.1", "failed", GIVEN_UP)
    update(aboard)
    assert aboard.ran == ["1.1"]
    arrive(places, file, by_hand(2))
    update(aboard)
    assert runs(places) == boot(places) == "1.1"
    assert outcome(places) == ("1.1", "running", "")


@pytest.mark.parametrize("name", ["lib/theirs/big.py", "bin/triporteur-device", COMPILED])
def test_one_bit_that_the_card_lost_is_noticed_at_the_next_boot(
    places: Places, aboard: Aboard, tmp_path: Path, name: str
) -> None:
    chosen_and_compiled(aboard, tmp_path)
    assert boot(places) == "1.1"
    path = places.release("1.1") / name
    path.write_bytes(bytes([path.read_bytes()[0] ^ 4]) + path.read_bytes()[1:])
    assert boot(places) == "1.0"


@pytest.mark.parametrize("name", ["VERSION", "RELEASE", "COMPILED"])
@pytest.mark.parametrize("spoiled", [b"\xff\xfe\x00", b"", bytes(4096)])
def test_whatever_the_card_made_of_it_a_unit_starts(
    places: Places, aboard: Aboard, tmp_path: Path, name: str, spoiled: bytes
) -> None:
    chosen_and_compiled(aboard, tmp_path)
    (places.release("1.1") / name).write_bytes(spoiled)
    assert boot(places) == "1.0"


def test_a_name_that_the_card_spoiled_is_damage_like_any_other(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    chosen_and_compiled(aboard, tmp_path)
    file = places.release("1.1") / "lib/theirs/big.py"
    file.rename(os.fsdecode(os.fsencode(file) + b"\xe1"))
    assert boot(places) == "1.0"
    assert outcome(places) == ("1.1", "failed", GIVEN_UP)


def test_a_package_whose_version_is_spoiled_takes_no_update(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    (places.factory / "VERSION").write_bytes(b"\xff")
    update(aboard)
    assert outcome(places) == ("1.1", "waiting", f"{places.factory / 'VERSION'}: has no version")


def test_a_damaged_release_does_not_run_again_where_the_card_takes_nothing(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    chosen_and_compiled(aboard, tmp_path)
    (places.release("1.1") / "lib/ours/__init__.py").write_text("")
    take_nothing(places)
    assert boot(places) == "1.0"
    update(aboard)
    assert runs(places) == "1.0"
    assert aboard.ran == ["1.1"]


def test_what_became_of_a_later_release_is_told_still_when_the_one_before_it_is_damaged(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    """Else it would be tried again."""
    chosen_and_compiled(aboard, tmp_path)
    aboard.ill["1.2"] = Illness("no")
    arrive(places, made(tmp_path, "1.2"), by_hand(2))
    update(aboard)
    (places.release("1.1") / "lib/ours/__init__.py").write_text("")
    assert boot(places) == "1.0"
    assert outcome(places) == ("1.2", "failed", "no")
    assert read_state(places.state).damaged == "1.1"


def chosen_and_compiled(aboard: Aboard, folder: Path) -> Path:
    """1.1 runs, and was compiled; its file."""

    def compiled(release: Path) -> None:
        (release / COMPILED).parent.mkdir()
        (release / COMPILED).write_bytes(b"compiled")

    file = made(folder, "1.1")
    arrive(aboard.places, file)
    Update(aboard.places, aboard, MACHINE, compiled).run()
    assert runs(aboard.places) == "1.1"
    return file


def take_nothing(places: Places) -> None:
    """As a card that turned read-only: no state is written any more."""
    places.state.with_name("state.json.new").mkdir()


def test_a_card_that_takes_nothing_costs_one_restart_and_no_more(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    write_state(places.state, State("", "", "1.1", read_state(places.state).last))
    take_nothing(places)
    for _ in range(3):
        update(aboard)
    assert aboard.ran == ["1.1", "1.0"]
    assert runs(places) == boot(places) == "1.0"


def test_a_restart_that_was_cut_short_comes_after_all(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    aboard.refuses = True
    arrive(places, made(tmp_path, "1.1"))
    with pytest.raises(OSError, match="systemd did not answer"):
        update(aboard)
    assert runs(places) == "1.0"
    assert aboard.ran == []
    aboard.refuses = False
    update(aboard)
    assert aboard.ran == ["1.0", "1.1"]
    assert outcome(places) == ("1.1", "running", "")


def test_a_state_that_the_card_does_not_give_changes_nothing(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    places.state.rename(tmp_path / "aside")
    places.state.mkdir()
    with pytest.raises(IsADirectoryError):
        update(aboard)
    assert aboard.ran == ["1.1"]
    assert releases(places) == ["1.1"]
    assert boot(places) == "1.0"
    places.state.rmdir()
    (tmp_path / "aside").rename(places.state)
    aboard.unsuited_for = ["an outing is under way"]
    update(aboard)
    assert (aboard.ran, runs(places)) == (["1.1"], "1.0")
    update(aboard)
    assert (aboard.ran, boot(places)) == (["1.1", "1.1"], "1.1")


def test_half_a_folder_of_that_version_is_made_anew(
    places: Places, aboard: Aboard, tmp_path: Path
) -> None:
    (places.release("1.1") / "lib").mkdir(parents=True)
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    assert runs(places) == "1.1"


def test_only_folders_of_versions_are_taken_away(places: Places, aboard: Aboard) -> None:
    for name in ("incoming", "other"):
        (places.folder / name).mkdir(exist_ok=True)
        (places.folder / name / "RELEASE").write_text("{}")
    (places.release("0.9") / "lib").mkdir(parents=True)
    update(aboard)
    assert (places.folder / "other" / "RELEASE").exists()
    assert (places.incoming / "RELEASE").exists()
    assert releases(places) == []


def test_a_state_that_cannot_be_read_gives_way_to_the_package(
    places: Places, aboard: Aboard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    arrive(places, made(tmp_path, "1.1"))
    update(aboard)
    places.state.write_bytes(b"\xff{")
    assert boot(places) == "1.0"
    assert logging.ERROR in [record.levelno for record in caplog.records]


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
    Arrivals(places.incoming).say(Wanted(by_hand(1), text))
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
