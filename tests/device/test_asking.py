"""Questions, misses and back-off, under an injected clock."""

from itertools import pairwise

from triporteur_device.asking import OFFLINE_AFTER, Asking
from triporteur_device.protocols import Frame

ANSWER = Frame("any", b"", b"answer")


class Eager:
    """Has a question whenever it is asked for one."""

    def __init__(self) -> None:
        self.heard: list[Frame] = []

    def next_request(self, now_s: float) -> bytes | None:
        return b"?"

    def received(self, frame: Frame, now_s: float) -> None:
        self.heard.append(frame)


def offline(asking: Asking) -> bool:
    return asking.is_offline


def deaf(asking: Asking) -> bool:
    """It hears nothing but itself."""
    return asking.hears_itself


def begun() -> Asking:
    asking = Asking(Eager)
    asking.begin()
    return asking


def test_whoever_only_listens_asks_and_misses_nothing() -> None:
    asking = Asking(None)
    asking.begin()
    assert [asking.next_request(now_s) for now_s in range(100)] == [None] * 100
    asking.answered(ANSWER, 1)
    assert (asking.missed, asking.is_offline) == (0, False)


def test_a_question_that_waits_is_not_yet_missed() -> None:
    asking = begun()
    assert asking.next_request(0) == b"?"
    assert asking.missed == 0
    assert asking.next_request(1) == b"?"
    assert asking.missed == 1


def test_answers_are_never_missed() -> None:
    asking = begun()
    for now_s in range(100):
        asking.next_request(now_s)
        asking.answered(ANSWER, now_s)
        asking.answered(ANSWER, now_s)
    assert asking.missed == 0


def test_offline_is_five_in_a_row() -> None:
    asking = begun()
    for now_s in range(OFFLINE_AFTER):
        asking.next_request(now_s)
    assert not offline(asking)
    asking.answered(ANSWER, 4.5)
    for now_s in range(5, 5 + OFFLINE_AFTER):
        asking.next_request(now_s)
    assert not offline(asking)
    asking.next_request(10)
    assert offline(asking)
    assert asking.missed == 9


def test_who_is_offline_is_asked_after_1_to_30_seconds() -> None:
    asking = begun()
    sent = [step / 10 for step in range(2000) if asking.next_request(step / 10)]
    pauses = [round(after - before, 1) for before, after in pairwise(sent)]
    assert pauses[:11] == [0.1, 0.1, 0.1, 0.1, 0.1, 1, 2, 4, 8, 16, 30]
    assert set(pauses[11:]) == {30}


def test_the_first_answer_ends_it_and_the_next_time_begins_with_a_second() -> None:
    asking = begun()
    for now_s in range(100):
        asking.next_request(now_s)
    asking.answered(ANSWER, 100)
    assert not offline(asking)
    sent = [step / 10 for step in range(1001, 1030) if asking.next_request(step / 10)]
    assert sent == [100.1, 100.2, 100.3, 100.4, 100.5, 100.6, 101.6]


def test_a_line_that_was_opened_again_is_asked_at_once_and_still_counts_as_offline() -> None:
    asking = begun()
    for now_s in range(100):
        asking.next_request(now_s)
    asking.begin()
    assert asking.next_request(100) == b"?"
    assert offline(asking)


def test_it_hears_itself_while_nothing_but_questions_comes_back() -> None:
    asking = begun()
    asking.next_request(0)
    asking.echoed()
    assert not deaf(asking)
    asking.next_request(1)
    assert deaf(asking)
    asking.next_request(2)
    assert not deaf(asking)
