"""What a service manager hears of a process, at a real socket of its kind."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.manager import Listener
from triporteur_wire.manager import Manager


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    with Listener(tmp_path / "notify") as one:
        yield one


def environment(listener: Listener, **more: str) -> dict[str, str]:
    return listener.words | more


def test_what_is_said_arrives_word_for_word(listener: Listener) -> None:
    manager = Manager(environment(listener, WATCHDOG_USEC="10000000"))
    manager.ready()
    manager.progress()
    manager.stopping()
    assert listener.heard() == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_a_status_is_said_when_it_is_another(listener: Listener) -> None:
    manager = Manager(environment(listener))
    for sentence in ("depot away", "depot away", "depot connected"):
        manager.status(sentence)
    assert listener.heard() == ["STATUS=depot away", "STATUS=depot connected"]


def test_much_progress_is_told_seldom(listener: Listener) -> None:
    now_s = 100.0
    manager = Manager(environment(listener, WATCHDOG_USEC="10000000"), lambda: now_s)
    for _ in range(1000):
        manager.progress()
    assert listener.heard() == ["WATCHDOG=1"]
    now_s += 1
    manager.progress()
    assert listener.heard() == ["WATCHDOG=1"]


def test_an_abstract_socket_is_found_too() -> None:
    name = f"triporteur-test-{os.getpid()}"
    with Listener("\0" + name) as listener:
        Manager({"NOTIFY_SOCKET": "@" + name}).ready()
        assert listener.heard() == ["READY=1"]


@pytest.mark.parametrize("words", ["", "soon", "0", "-5"])
def test_without_a_watchdog_progress_is_not_told(listener: Listener, words: str) -> None:
    manager = Manager(environment(listener, WATCHDOG_USEC=words))
    manager.progress()
    assert (manager.watchdog_s, listener.heard()) == (None, [])


def test_a_watchdog_of_another_process_is_not_ours(listener: Listener) -> None:
    theirs = environment(listener, WATCHDOG_USEC="10000000", WATCHDOG_PID="1")
    assert Manager(theirs).watchdog_s is None
    ours = theirs | {"WATCHDOG_PID": str(os.getpid())}
    assert Manager(ours).watchdog_s == 10


def test_nobody_who_listens_is_no_fault(tmp_path: Path) -> None:
    assert not Manager({}).listens
    Manager({}).ready()
    Manager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
