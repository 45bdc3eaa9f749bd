"""What a process that goes on knows of the state, while others write it."""

import logging
from pathlib import Path

import pytest

from triporteur_device.updates.state import State, States, write_state


def test_what_was_written_since_is_known(tmp_path: Path) -> None:
    states = States(tmp_path / "state.json")
    assert states.now() == State()
    write_state(tmp_path / "state.json", State("1.1", "1.0"))
    assert states.now() == State("1.1", "1.0")


def test_while_the_card_does_not_give_it_what_was_read_before_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path, aside = tmp_path / "state.json", tmp_path / "aside"
    states = States(path)
    write_state(path, State("1.1", "1.0"))
    assert states.now() == State("1.1", "1.0")
    path.rename(aside)
    path.mkdir()
    for _ in range(3):
        assert states.now() == State("1.1", "1.0")
    path.rmdir()
    write_state(path, State("1.2", "1.0"))
    assert states.now() == State("1.2", "1.0")
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
