"""Root makes files for the agent as the agent, with nothing of root's left to it."""

import os
from pathlib import Path

import pytest

from triporteur_device.acting import acting_for_owner

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")


def who() -> tuple[int, int, list[int]]:
    return os.geteuid(), os.getegid(), os.getgroups()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (path := tmp_path / "theirs").mkdir()
    os.chown(path, NOBODY, NOBODY)
    return path


def test_what_is_made_there_is_the_owners_whose_groups_alone_count(folder: Path) -> None:
    before = who()
    with acting_for_owner(folder):
        assert who() == (NOBODY, NOBODY, [NOBODY])
    assert who() == before


def test_of_a_folder_that_is_not_there_the_one_above_counts(folder: Path) -> None:
    with acting_for_owner(folder / "not" / "there"):
        assert who()[0] == NOBODY


def test_roots_own_folder_is_roots(tmp_path: Path) -> None:
    with acting_for_owner(tmp_path):
        assert who()[0] == 0


def test_root_is_root_again_whatever_happens(folder: Path) -> None:
    before = who()
    with pytest.raises(OSError, match="full"), acting_for_owner(folder):
        raise OSError("full")
    assert who() == before
