"""What is counted of a line, and when what it says last moved."""

from triporteur_device.hearing import Hearing
from triporteur_device.protocols import PROTOCOLS, Discarded, Fault, Frame

JBD = PROTOCOLS["jbd"]
STATE = bytes.fromhex("dd03001b0a88033c0e26138800a5298900080000000028480308020bb50bb4faea77")


def answer(register: int, payload: bytes) -> bytes:
    body = bytes((0, len(payload))) + payload
    return bytes((0xDD, register)) + body + (-sum(body) & 0xFFFF).to_bytes(2, "big") + b"\x77"


def cells(millivolts: int) -> bytes:
    return answer(4, millivolts.to_bytes(2, "big") * 2)


def frame(raw: bytes) -> Frame:
    (event,) = JBD.decoder().receive(raw)
    assert isinstance(event, Frame)
    return event


def test_what_is_refused_counts_once_and_noise_and_echoes_do_not() -> None:
    hearing = Hearing(JBD)
    for fault in (Fault.NOISE, Fault.ECHO, Fault.CHECKSUM, Fault.CHECKSUM):
        assert hearing.take(Discarded(fault, b"abc"), 5) is None
    health = hearing.health(1005, 7, ("offline",))
    assert health.discarded == {"noise": 3, "echo": 3, "checksum": 6}
    assert (health.refused, health.missed_polls, health.doubts) == (2, 7, ("offline",))
    assert health.heard_age_s is None


def test_a_frame_of_zeros_is_refused_and_is_no_sign_of_life() -> None:
    hearing = Hearing(JBD)
    assert hearing.take(frame(answer(3, bytes(4))), 5) is None
    health = hearing.health(5, 0, ())
    assert (health.frames, health.refused, health.discarded) == (0, 1, {"payload": 11})
    assert health.heard_age_s is None


def test_it_moves_when_a_frame_differs_from_those_before() -> None:
    hearing = Hearing(JBD)
    moved_ms = [hearing.moved_ms]
    for now_ms, raw in enumerate([STATE, cells(3300), STATE, cells(3300), cells(3301), STATE]):
        assert hearing.take(frame(raw), now_ms)
        moved_ms.append(hearing.moved_ms)
    assert moved_ms == [None, 0, 1, 1, 1, 4, 4]


def test_a_name_says_nothing_of_what_moves() -> None:
    hearing = Hearing(JBD)
    assert hearing.take(frame(answer(5, b"LH-SP14S01")), 3) == {}
    assert hearing.moved_ms is None


def test_a_device_that_never_says_the_same_is_always_moving_and_costs_no_memory() -> None:
    hearing = Hearing(JBD)
    for now_ms in range(1000):
        hearing.take(frame(cells(3000 + now_ms)), now_ms)
        assert hearing.moved_ms == now_ms
    assert len(hearing._round) <= 32
