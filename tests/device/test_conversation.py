"""Questions and their echoes on one open line."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.asking import Asking
from triporteur_device.conversation import Conversation, Echo
from triporteur_device.protocols import PROTOCOLS, Discarded, Event, Fault, Frame

ASK = bytes.fromhex("dda50300fffd77")
STATE = bytes.fromhex("dd03001b0a88033c0e26138800a5298900080000000028480308020bb50bb4faea77")


def stripped(echo: Echo, data: bytes, cuts: list[int]) -> tuple[bytes, bytes]:
    """Echo and rest, of bytes that come in pieces."""
    bounds = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [echo.strip(data[a:b]) for a, b in pairwise(bounds)]
    return b"".join(p[0] for p in pieces), b"".join(p[1] for p in pieces) + echo.give_up()


cuts = st.lists(st.integers(0, 100), max_size=5)


@given(request=st.binary(min_size=1, max_size=20), rest=st.binary(max_size=40), cuts=cuts)
def test_a_whole_echo_is_taken_off_once_however_it_comes(
    request: bytes, rest: bytes, cuts: list[int]
) -> None:
    echo = Echo()
    echo.expect(request)
    assert stripped(echo, request + rest, cuts) == (request, rest)
    assert stripped(echo, request, cuts) == (b"", request)


@given(request=st.binary(min_size=1, max_size=20), data=st.binary(max_size=40), cuts=cuts)
def test_what_is_no_whole_echo_is_passed_on_to_the_last_byte(
    request: bytes, data: bytes, cuts: list[int]
) -> None:
    echo = Echo()
    echo.expect(request)
    taken, rest = stripped(echo, data, cuts)
    assert taken + rest == data
    assert taken in (b"", request)
    assert echo.pending == 0


class Line:
    """Gives a script, one piece a read that waits a tenth of a second; `waiting` comes before."""

    def __init__(self, script: list[bytes], waiting: bytes = b"") -> None:
        self.script = script
        self.waiting = waiting
        self.now_ms = 0
        self.sent: list[bytes] = []

    def read(self, timeout_s: float) -> bytes:
        if not timeout_s:
            waiting, self.waiting = self.waiting, b""
            return waiting
        self.now_ms += round(timeout_s * 1000)
        return self.script.pop(0) if self.script else b""

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        pass


class Once:
    def __init__(self, *requests: bytes) -> None:
        self._requests = list(requests)

    def next_request(self, now_s: float) -> bytes | None:
        return self._requests.pop(0) if self._requests else None

    def received(self, frame: Frame, now_s: float) -> None:
        pass


def said(line: Line, turns: int = 10) -> list[Event]:
    asking = Asking(lambda: Once(ASK))
    conversation = Conversation(line, PROTOCOLS["jbd"], asking, lambda: line.now_ms)
    return [event for _ in range(turns) for event in conversation.turn()]


def kinds(events: list[Event]) -> list[str]:
    return [event.kind if isinstance(event, Frame) else event.fault for event in events]


@pytest.mark.parametrize("cut", range(1, len(ASK + STATE)))
def test_the_echo_goes_and_the_answer_stays_wherever_they_are_cut(cut: int) -> None:
    data = ASK + STATE
    assert kinds(said(Line([data[:cut], data[cut:]]))) == ["echo", "0x03"]


def test_half_an_echo_is_noise_when_the_line_goes_quiet() -> None:
    assert said(Line([ASK[:3]])) == [Discarded(Fault.NOISE, ASK[:3])]


def test_what_waited_before_the_question_is_heard_and_is_not_its_answer() -> None:
    events = said(Line([STATE], waiting=STATE + STATE[:12]))
    assert kinds(events) == ["0x03", "truncated", "0x03"]


def test_half_a_frame_from_before_the_question_does_not_hide_the_answer() -> None:
    events = said(Line([STATE, b"", STATE[:9], b"", b"", b"", b""]), turns=8)
    assert kinds(events) == ["0x03", "truncated"]


def test_a_question_that_comes_back_as_a_frame_is_no_answer() -> None:
    """On a bus whose questions have the form of answers, behind a byte of noise."""
    line = Line([b"\0" + STATE])
    asking = Asking(lambda: Once(STATE, STATE))
    spec = PROTOCOLS["jbd"]
    own = replace(spec, requests=frozenset({STATE}))
    conversation = Conversation(line, own, asking, lambda: line.now_ms)
    events = [event for _ in range(3) for event in conversation.turn()]
    assert kinds(events) == ["noise", "echo"]
    assert (asking.missed, asking.hears_itself) == (1, True)
