import os
from pathlib import Path

import pytest

from triporteur_device.snapshot import read_snapshot, write_snapshot
from triporteur_wire.messages import Delivery, Offline, Status, encode

STATUS = Status("ben", "Rennes", "1", 3, 50_000, None, 15, {}, {}, Delivery(False, 0, None, 0, {}))


def test_a_snapshot_says_how_old_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run" / "snapshot.json"
    write_snapshot(path, STATUS)
    found = read_snapshot(path, now_ms=52_500)
    assert found
    assert (found.status, found.age_s, found.fresh) == (STATUS, 2.5, True)
    stale = read_snapshot(path, now_ms=61_000)
    assert stale
    assert not stale.fresh


def test_a_snapshot_of_another_boot_is_none(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_snapshot(path, STATUS)
    assert read_snapshot(path, now_ms=49_999) is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", encode(Offline("lost"))])
def test_a_file_that_is_no_snapshot_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(content)
    assert read_snapshot(path) is None


def test_a_pipe_is_none_and_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "snapshot.json")
    assert read_snapshot(tmp_path / "snapshot.json") is None


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    assert read_snapshot(tmp_path / "snapshot.json") is None


def test_nothing_but_the_snapshot_is_left_in_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    for _ in range(3):
        write_snapshot(path, STATUS)
    assert [file.name for file in tmp_path.iterdir()] == ["snapshot.json"]
