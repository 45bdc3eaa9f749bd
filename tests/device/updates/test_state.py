"""What a process that goes on knows of the state, while others write it."""

import logging
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triporteur_device.updates.arrivals import revision_of
from triporteur_device.updates.state import Last, State, States, read_state, write_state
from triporteur_wire.releases import Outcome


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("folder")


def test_what_was_written_since_is_known(tmp_path: Path) -> None:
    states = States(tmp_path / "state.json")
    assert states.now() == State()
    write_state(tmp_path / "state.json", State("1.1", "1.0"))
    assert states.now() == State("1.1", "1.0")


@given(st.text(max_size=40))
@example("depot-" + "9" * 5000)
def test_a_wish_that_an_earlier_release_noted_otherwise_costs_nothing(
    folder: Path, wish: str
) -> None:
    state = State("1.1", "1.0", last=Last("1.1", "0" * 64, wish, Outcome.RUNNING))
    write_state(folder / "state.json", state)
    assert read_state(folder / "state.json") == state
    assert 0 <= revision_of(wish) < 2**53


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
