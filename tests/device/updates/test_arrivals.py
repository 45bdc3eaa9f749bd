"""The folder of arrivals, in which a lesser user may lay what it likes."""

import os
import pwd
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.updates.aboard import Aboard, left, outcome, update
from tests.device.updates.making import arrive, installed, made
from triporteur_device.commands import update as command
from triporteur_device.updates.arrivals import Arrivals, Wanted, revision_of
from triporteur_device.updates.places import Places
from triporteur_wire.releases import Manifest, unsigned


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folder")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return installed(tmp_path)


def test_what_is_cleared_is_no_file_of_anybody_else(places: Places, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    arrivals = Arrivals(places.incoming)
    arrivals.parts.symlink_to(precious)
    arrivals.clear()
    assert left(precious) == ["file"]
    arrivals.parts.unlink()
    arrivals.parts.mkdir()
    (arrivals.parts / "folder").mkdir()
    (arrivals.parts / "link").symlink_to(precious / "file")
    arrivals.clear()
    assert [path.name for path in arrivals.parts.iterdir()] == ["folder"]
    assert left(precious) == ["file"]


def test_who_is_done_with_one_wish_leaves_the_next(places: Places, tmp_path: Path) -> None:
    offer = arrive(places, made(tmp_path, "1.1"), "depot-1")
    arrivals = Arrivals(places.incoming)
    first = arrivals.wanted()
    assert first
    arrivals.say(Wanted.from_depot(2, offer))
    arrivals.done(first)
    assert arrivals.wanted() == Wanted.from_depot(2, offer)
    assert left(arrivals.parts)


@pytest.mark.parametrize(
    ("wish", "revision"),
    [
        ("depot-12", 12),
        ("depot-9007199254740991", 2**53 - 1),
        ("depot-9007199254740992", 0),
        ("depot-" + "9" * 5000, 0),
        ("depot-١", 0),
        ("depot-", 0),
        ("depot-x", 0),
        ("file 12", 0),
        ("", 0),
    ],
)
def test_a_wish_tells_whose_it_is(wish: str, revision: int) -> None:
    assert revision_of(wish) == revision


@pytest.mark.parametrize(
    "wish", ["depot-" + "9" * 17, "depot-", "file 1", "file 0123456789abcdef\n", "x" * 1000, ""]
)
def test_a_wish_that_nobody_words_so_is_none(places: Places, tmp_path: Path, wish: str) -> None:
    offer = arrive(places, made(tmp_path, "1.1"))
    arrivals = Arrivals(places.incoming)
    assert arrivals.wanted()
    arrivals.say(Wanted(wish, offer.text.decode()))
    assert arrivals.wanted() is None


@given(st.integers(0, 2**53 - 1))
def test_every_wish_of_the_depot_can_be_said(folder: Path, revision: int) -> None:
    arrivals = Arrivals(folder)
    offer = unsigned(Manifest(1, "1.1", "x86_64", "1.0", ()))
    wanted = Wanted.from_depot(revision, offer)
    arrivals.say(wanted)
    assert arrivals.wanted() == wanted
    assert revision_of(wanted.wish) == revision


# By hand


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")
def test_root_lays_a_file_as_whoever_the_folder_belongs_to() -> None:
    nobody = pwd.getpwnam("nobody")
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        places = installed(Path(folder))
        os.chown(places.incoming, nobody.pw_uid, nobody.pw_gid)
        assert command.run(made(Path(folder), "1.1"), wait=False, places=places) == 0
        assert {path.owner() for path in places.incoming.rglob("*")} == {"nobody"}
        assert (os.geteuid(), os.getegid()) == (0, 0)
        update(Aboard(places))
        assert outcome(places)[:2] == ("1.1", "running")


def test_a_link_that_lies_there_leads_nowhere(places: Places, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    file = made(tmp_path, "1.1")
    arrivals = Arrivals(places.incoming)
    arrivals.parts.mkdir()
    (places.incoming / "wanted.json.new").symlink_to(precious)
    assert command.run(file, wait=False, places=places) == 0
    assert precious.read_text() == "as it was"


def test_a_file_that_is_damaged_is_not_taken(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = made(tmp_path, "1.1")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert command.run(file, wait=False, places=places) == 1
    assert "copy the file anew" in capsys.readouterr().err
    assert Arrivals(places.incoming).wanted() is None
