"""The console's side of the desk, over a real socket: whatever the agent does, an end in time."""

import logging
import queue
import threading
from pathlib import Path

import pytest

from tests.kiosk.console.agent import Agent, listening
from triporteur_device.desk import Desk as DeskAboard
from triporteur_device.desk import Question
from triporteur_kiosk.console.desk import Desk, Unanswered
from triporteur_wire.desk import MOST_BYTES, Done, ForgetOuting, PhoneCharging, Refused

ASKED = PhoneCharging(on=True)


def test_an_answer_is_handed_on(tmp_path: Path) -> None:
    agent = Agent()
    agent.answer = lambda asked: Refused("Non.") if asked == ASKED else Done()
    with listening(tmp_path / "desk", agent):
        desk = Desk(tmp_path / "desk", patience_s=60)
        assert desk.ask(ASKED) == Refused("Non.")
        assert desk.ask(ForgetOuting("tomorrow")) == Done()
    assert agent.asked == [ASKED, ForgetOuting("tomorrow")]


@pytest.mark.parametrize(
    "reply",
    [b"", b"\n", b"oui\n", b'{"answer":"done"', b'{"answer":"perhaps"}\n', b"\xff\n",
     b"x" * (MOST_BYTES + 1)],
)  # fmt: skip
def test_what_is_no_answer_is_unanswered(tmp_path: Path, reply: bytes) -> None:
    with listening(tmp_path / "desk", lambda _: reply), pytest.raises(Unanswered):
        Desk(tmp_path / "desk").ask(ASKED)


def test_an_agent_that_holds_the_line_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with listening(tmp_path / "desk", lambda _: None), pytest.raises(Unanswered):
        Desk(tmp_path / "desk", patience_s=0.05).ask(ASKED)


def test_a_desk_that_is_lost_and_found_is_logged_once_each(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    desk = Desk(tmp_path / "desk", patience_s=60)
    for _ in range(3):
        with pytest.raises(Unanswered):
            desk.ask(ASKED)
    with listening(tmp_path / "desk", Agent()):
        assert [desk.ask(ASKED), desk.ask(ASKED)] == [Done(), Done()]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_the_desk_aboard_understands(tmp_path: Path) -> None:
    stop = threading.Event()
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()

    def tell(question: Question) -> None:
        heard.put(question.asked)
        question.answer(Done())

    aboard = DeskAboard(tmp_path / "desk", tell)
    serving = threading.Thread(target=aboard.run, args=(stop,))
    serving.start()
    try:
        while not (tmp_path / "desk").exists():
            assert serving.is_alive()
        assert Desk(tmp_path / "desk", patience_s=60).ask(ASKED) == Done()
        assert heard.get_nowait() == ASKED
    finally:
        stop.set()
        serving.join()
