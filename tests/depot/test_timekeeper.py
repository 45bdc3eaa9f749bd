"""What UTC is it? Answered to each unit, but not as often as it likes."""

from hypothesis import given
from hypothesis import strategies as st

from triporteur_depot.timekeeper import Timekeeper
from triporteur_wire.requests import TimeRequest, TimeResponse, decode_time_response, encode

NONCE = "0123456789abcdef"
QUESTION = encode(TimeRequest(NONCE))


class Desk:
    def __init__(self) -> None:
        self.utc_ms: int | None = 1_800_000_000_000
        self.monotonic_s = 50.0
        self.timekeeper = Timekeeper(lambda: self.utc_ms, lambda: "c0ffee", self.passed_s)

    def passed_s(self) -> float:
        return self.monotonic_s

    def ask(self, unit: str = "ben", question: bytes = QUESTION) -> TimeResponse | None:
        answer = self.timekeeper.answer(unit, question)
        return None if answer is None else decode_time_response(answer)


def test_an_answer_carries_the_nonce_the_time_and_the_authorities() -> None:
    assert Desk().ask() == TimeResponse(NONCE, 1_800_000_000_000, "c0ffee")


def test_each_unit_is_answered_once_a_second_however_often_it_asks() -> None:
    desk = Desk()
    answered = [desk.ask("ben") is not None for _ in range(100)]
    assert answered == [True] + 99 * [False]
    assert desk.ask("ana") is not None
    desk.monotonic_s += 1.0
    assert desk.ask("ben") is not None


def test_a_depot_that_does_not_know_the_time_does_not_answer() -> None:
    desk = Desk()
    desk.utc_ms = None
    assert desk.ask() is None


@given(st.binary(max_size=40) | st.just(b"[" * 100_000) | st.just(b'{"nonce":"x"}'))
def test_no_bytes_get_an_answer_that_are_no_question(question: bytes) -> None:
    assert Desk().ask("ben", question) is None


def test_whoever_invents_names_is_not_remembered_for_ever() -> None:
    desk = Desk()
    for number in range(25_000):
        assert desk.ask(f"unit-{number}") is not None
    assert len(desk.timekeeper._answered_s) <= 10_000
