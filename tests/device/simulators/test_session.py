"""The loop multiplies the trike's time, never the line's."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from triporteur_device.simulators.jbd import JbdDevice
from triporteur_device.simulators.parameters import MONDAY_S
from triporteur_device.simulators.session import Session
from triporteur_device.simulators.terminal import Terminal
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters
from triporteur_device.simulators.vedirect import VeDirectDevice


@dataclass
class Clock:
    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(clock: Clock) -> Iterator[Session]:
    opened = Session(TrikeModel(TrikeParameters(), 1), 60.0, clock, lambda _: None)
    yield opened
    opened.close()


def test_the_trike_lives_faster_than_the_clock(session: Session, clock: Clock) -> None:
    clock.now_s += 10.0
    assert session._state().local_s == MONDAY_S + 600.0
    assert session._state().local_s == MONDAY_S + 600.0


def test_the_shunt_still_speaks_once_a_second_at_its_baud(
    session: Session, clock: Clock, tmp_path: Path
) -> None:
    session.add(VeDirectDevice(1), Terminal(tmp_path / "shunt", 19200))
    post = session._posts[0]
    session._serve(post)
    assert session._wait_s() == pytest.approx(160 / 19200)
    clock.now_s += 0.5
    session._serve(post)
    assert session._wait_s() == pytest.approx(0.5)


def test_seconds_slept_through_are_not_made_up_for(
    session: Session, clock: Clock, tmp_path: Path
) -> None:
    session.add(VeDirectDevice(1), Terminal(tmp_path / "shunt", 19200))
    clock.now_s += 10.25
    session._serve(session._posts[0])
    assert len(post_bytes(session)) < 250
    assert session._posts[0].push_s == pytest.approx(clock.now_s + 0.75)


def test_a_board_that_only_answers_lets_the_loop_sleep(session: Session, tmp_path: Path) -> None:
    session.add(JbdDevice(1), Terminal(tmp_path / "battery", 9600))
    session._serve(session._posts[0])
    assert session._wait_s() > 10.0


def post_bytes(session: Session) -> bytes:
    return session._posts[0].terminal.line.due(1e9)
