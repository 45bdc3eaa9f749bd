"""The desk's socket: a few verbs, and whatever else anybody may say to it."""

import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.rig import wait_for
from triporteur_device.desk import Desk, Question, desk
from triporteur_wire.desk import (
    MOST_BYTES,
    Done,
    ForgetOuting,
    PhoneCharging,
    PlanOuting,
    Refused,
    Told,
    decode_told,
    encode,
)
from triporteur_wire.readiness import Outing

pytestmark = pytest.mark.slow

PLAN = PlanOuting("tomorrow", Outing(6.0, 40.0, 3.0, 20.0, place="Marché"))


class Counter:
    """A desk that is open, and what it told the agent; `answer` is the agent's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[object] = []
        self.answer: Callable[[Question], None] = lambda question: question.answer(Done())
        self.stop = threading.Event()
        opened = Desk(path, self._hear)
        self._thread = threading.Thread(target=opened.run, args=(self.stop,))
        self._thread.start()
        wait_for(path.exists, "the desk is open")

    def _hear(self, question: Question) -> None:
        self.heard.append(question.asked)
        self.answer(question)

    def connect(self) -> socket.socket:
        caller = socket.socket(socket.AF_UNIX)
        caller.settimeout(60)
        try:
            caller.connect(str(self.path))
        except OSError:
            caller.close()
            raise
        return caller

    def say(self, line: bytes) -> Told:
        with self.connect() as caller:
            caller.sendall(line)
            return decode_told(caller.makefile("rb").readline())

    def close(self) -> None:
        self.stop.set()
        self._thread.join()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """It sees sooner that it is to end, and waits for who is slow."""
    monkeypatch.setattr(desk, "_WAKE_S", 0.02)
    monkeypatch.setattr(desk, "_HEARS_S", 60.0)
    monkeypatch.setattr(desk, "_ANSWERS_S", 60.0)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path / "desk.sock")
    yield made
    made.close()


@pytest.mark.parametrize("asked", [PLAN, ForgetOuting("today"), PhoneCharging(on=False)])
def test_a_verb_reaches_the_agent_and_its_answer_the_console(
    counter: Counter, asked: PlanOuting | ForgetOuting | PhoneCharging
) -> None:
    assert counter.say(encode(asked)) == Done()
    assert counter.heard == [asked]


def test_a_refusal_is_told_in_words(counter: Counter) -> None:
    counter.answer = lambda question: question.answer(Refused("Non."))
    assert counter.say(encode(PLAN)) == Refused("Non.")


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b"\xff\n",
        b"[" * 1000 + b"\n",
        b'{"verb":"reboot"}\n',
        b'{"verb":"plan_outing","day":"yesterday","outing":{}}\n',
        b'{"verb":"phone_charging","on":1}\n',
        b'{"verb":"plan_outing","day":"today","outing":{"km":NaN,"climb_m":0,"site_h":1,"load_w":1}}\n',
        b'{"verb":"plan_outing","day":"today","outing":{"km":1e999,"climb_m":0,"site_h":1}}\n',
        encode(PLAN) + encode(PLAN),
        b"x" * (MOST_BYTES + 1),
        b"x" * 100_000,
    ],
    ids=range(12),
)
def test_whatever_else_is_said_is_refused_in_words_and_reaches_nobody(
    counter: Counter, line: bytes
) -> None:
    with counter.connect() as caller:
        with_answer = b""
        try:
            caller.sendall(line)
            with_answer = caller.makefile("rb").readline()
        except (BrokenPipeError, ConnectionResetError):  # it hung up on so much
            assert len(line) > MOST_BYTES
    if with_answer:
        told = decode_told(with_answer)
        assert isinstance(told, Refused)
        assert "recommencez" in told.sentence
    assert counter.heard == []
    assert counter.say(encode(PLAN)) == Done()


def test_whoever_hangs_up_or_says_nothing_does_not_keep_others_out(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_HEARS_S", 0.5)
    with counter.connect() as half:
        half.sendall(b'{"verb":')
    with counter.connect():  # says nothing at all, until the desk has waited long enough
        wait_for(lambda: counter.say(encode(PLAN)) == Done(), "the next is heard")


def test_an_agent_that_does_not_answer_is_said_to_be_busy(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_ANSWERS_S", 0.1)
    counter.answer = lambda question: None
    told = counter.say(encode(PLAN))
    assert isinstance(told, Refused)
    assert "ne répond pas" in told.sentence


def test_only_its_group_may_open_it_and_it_goes_with_the_agent(counter: Counter) -> None:
    mode = stat.S_IMODE(counter.path.stat().st_mode)
    assert mode == 0o660
    counter.close()
    assert not counter.path.exists()


def test_a_socket_that_a_power_cut_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "desk.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    counter = Counter(path)
    answered = wait_for(lambda: _says(counter), "the new desk answers")
    counter.close()
    assert answered == Done()


def _says(counter: Counter) -> Told | None:
    try:
        return counter.say(encode(PLAN))
    except ConnectionRefusedError:
        return None


def test_where_no_socket_can_be_made_the_agent_goes_on_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Desk(tmp_path / ("x" * 120), lambda _: None).run(threading.Event())
    assert "the console cannot ask" in caplog.text
