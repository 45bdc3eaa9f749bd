import logging
from pathlib import Path

import pytest

from triporteur_device.detection import Memory, askable, listeners
from triporteur_device.protocols import PROTOCOLS

ASKABLE, LISTENERS = askable(), listeners()
PORT = "/dev/serial/by-path/usb-0:1.2:1.0"


def test_what_was_found_at_a_port_is_tried_first_there_and_only_there(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "detected.json"
    last = ASKABLE[-1]
    Memory(path).keep({PORT: last})
    again = Memory(path)
    assert again.first(PORT, ASKABLE) == [last, *ASKABLE[:-1]]
    assert again.first("/dev/ttyUSB0", ASKABLE) == ASKABLE
    assert again.first(PORT, LISTENERS) == LISTENERS


def test_other_ports_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "detected.json"
    first, second, *_ = ASKABLE
    Memory(path).keep({"a": second})
    Memory(path).keep({"b": second, "c": first})
    assert all(Memory(path).first(port, ASKABLE)[0] == second for port in "ab")


def test_finding_nothing_writes_nothing(tmp_path: Path) -> None:
    Memory(tmp_path / "detected.json").keep({})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ports": {"a": 3}}', b"\xff"])
def test_a_broken_file_is_as_none_and_is_said(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path = tmp_path / "detected.json"
    path.write_bytes(content)
    assert Memory(path).first(PORT, ASKABLE) == ASKABLE
    assert f"{path} is left out" in caplog.text


def test_every_protocol_is_tried_and_what_upsets_others_comes_last() -> None:
    tried = [each.spec.name for each in [*LISTENERS, *ASKABLE]]
    assert set(tried) == set(PROTOCOLS)
    assert {"ant_new", "ant_old"} == set(tried[-2:])
    assert all(not each.spec.requests for each in LISTENERS)
    assert all(each.spec.requests for each in ASKABLE)
