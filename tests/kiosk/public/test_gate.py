"""The portal asks the gate, and serves on whatever the gate does."""

import socket
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.kiosk.public.keeper import keeping, state, tell
from triporteur_kiosk.gate.told import STALE_AFTER_MS
from triporteur_kiosk.public.gate import Gate, Unanswered
from triporteur_wire.desk import Done, Refused
from triporteur_wire.gate import (
    STATE_NAME,
    VISITORS_SOCKET,
    AskVisitor,
    Visitor,
    Welcome,
    encode,
)


def test_the_state_of_now_is_told_and_an_old_one_is_not(tmp_path: Path) -> None:
    now = state()
    gate = Gate(tmp_path, mono_ms=lambda: now.boottime_ms)
    assert gate.state() is None
    tell(tmp_path, now)
    assert gate.state() == now
    tell(tmp_path, state(age_ms=STALE_AFTER_MS + 1000))
    assert gate.state() is None
    tell(tmp_path, state(age_ms=-60_000))  # of a boot before this one
    assert gate.state() is None
    for nonsense in (b"", b"{", b"[]", b"{}", b"\xff" * 5000):
        (tmp_path / STATE_NAME).write_bytes(nonsense)
        assert gate.state() is None


def test_a_visitor_is_asked_for_by_the_address_of_the_kernel(tmp_path: Path) -> None:
    with keeping(tmp_path) as keeper:
        gate = Gate(tmp_path, patience_s=60)
        assert gate.visitor("10.77.0.9") == Visitor(False)
        assert gate.welcome("::ffff:10.77.0.9") == keeper.visitor
        assert gate.visitor("10.77.0.9") == keeper.visitor
        assert gate.visitor("fe80::1%wlan0") == Visitor(False)
        with pytest.raises(Unanswered, match="nobody"):
            gate.visitor("")
        keeper.refusal = "Plus de place."
        assert gate.welcome("10.77.0.8") == Refused("Plus de place.")
    assert keeper.heard == [
        AskVisitor("10.77.0.9"),
        Welcome("10.77.0.9"),
        AskVisitor("10.77.0.9"),
        AskVisitor("fe80::1"),
        Welcome("10.77.0.8"),
    ]


@pytest.mark.parametrize("says", [b"", b"{}\n", b"x" * 5000, encode(Done()), encode(state())])
def test_an_answer_that_is_none_is_no_answer(tmp_path: Path, says: bytes) -> None:
    with keeping(tmp_path) as keeper:
        keeper.says = says
        with pytest.raises(Unanswered):
            Gate(tmp_path).welcome("10.77.0.9")
        with pytest.raises(Unanswered):
            Gate(tmp_path).visitor("10.77.0.9")


def listens(folder: Path) -> socket.socket:
    """A gate that takes visitors' calls, and leaves it to the test what to say."""
    (folder / VISITORS_SOCKET).parent.mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / VISITORS_SOCKET))
    listener.listen()
    return listener


def test_who_asks_while_two_are_answered_waits_for_a_turn(tmp_path: Path) -> None:
    """A queue of phones presses the button at once."""
    gate, told = Gate(tmp_path, patience_s=60), list[Visitor | Refused]()
    threads = [Thread(target=lambda: told.append(gate.welcome("10.77.0.9"))) for _ in range(6)]
    with listens(tmp_path) as listener:
        for thread in threads:
            thread.start()
        for _ in threads:
            with listener.accept()[0] as visitor:
                assert visitor.recv(200)
                visitor.sendall(encode(Visitor(True)))
        for thread in threads:
            thread.join()
    assert told == [Visitor(True)] * len(threads)


def test_a_gate_that_hangs_holds_two_visitors_and_sends_the_others_on(tmp_path: Path) -> None:
    gate = Gate(tmp_path, patience_s=60)
    with pytest.raises(Unanswered):
        gate.visitor("10.77.0.7")
    with listens(tmp_path) as listener:
        held, ended = [], Event()

        def ask() -> None:
            with pytest.raises(Unanswered):
                gate.visitor("10.77.0.9")
            ended.set()

        threads = [Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
            held.append(listener.accept()[0])
        with pytest.raises(Unanswered, match="others"):
            gate.visitor("10.77.0.8")
        assert not ended.is_set()
        for one in held:
            one.close()
        for thread in threads:
            thread.join()


def test_that_the_gate_is_lost_and_found_is_one_line_each_without_an_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(tmp_path, patience_s=60)
    for _ in range(3):
        with pytest.raises(Unanswered):
            gate.welcome("10.77.0.9")
    with keeping(tmp_path):
        gate.welcome("10.77.0.9")
        gate.welcome("10.77.0.9")
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "10.77" not in caplog.text
