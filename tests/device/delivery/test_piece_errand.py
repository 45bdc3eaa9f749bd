"""Pieces of a release: one question at a time, behind what lives, and whatever comes back."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.delivery.piece_errand import Came, PieceErrand, Stretch
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import Piece, decode_piece_request, encode_piece, new_nonce

SHA = "ab" * 32
HOUR_MS = 3_600_000


class Asking:
    def __init__(self, share: float = 1.0) -> None:
        self.came: list[Came] = []
        self.is_busy = False
        self.errand = PieceErrand(self.came.append, lambda: self.is_busy, share)

    def want(self, offset: int = 0, wish: str = "depot-1") -> Stretch:
        wanted = Stretch(wish, SHA, offset, 100)
        self.errand.want(wanted)
        return wanted

    def ask(self, mono_ms: int) -> str:
        """The nonce of the question; empty when nothing is asked."""
        question = self.errand.due(mono_ms)
        return decode_piece_request(question).nonce if question else ""

    def answer(self, nonce: str, data: bytes, mono_ms: int) -> None:
        self.errand.answered(encode_piece(Piece(nonce, data)), mono_ms)


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_what_is_wanted_is_asked_for_and_its_answer_told(asking: Asking) -> None:
    assert asking.errand.due(0) is None
    wanted = asking.want(40)
    question = asking.errand.due(0)
    assert question
    asked = decode_piece_request(question)
    assert (asked.release, asked.offset, asked.count) == (SHA, 40, 100)
    asking.answer(asked.nonce, b"bytes", 1_000)
    assert asking.came == [Came(wanted, b"bytes")]
    assert asking.ask(HOUR_MS) == ""


def test_what_goes_first_goes_first(asking: Asking) -> None:
    asking.want()
    asking.is_busy = True
    assert asking.ask(0) == ""
    asking.is_busy = False
    assert asking.ask(1) != ""


def test_one_question_is_under_way_and_what_is_not_wanted_any_more_is_not_asked_for(
    asking: Asking,
) -> None:
    asking.want()
    assert asking.ask(0) != ""
    asking.want(200)
    assert asking.ask(29_999) == ""
    asking.errand.want(None)
    assert asking.ask(HOUR_MS) == ""


def test_without_an_answer_it_asks_again_ever_more_rarely(asking: Asking) -> None:
    asking.want()
    asked_ms = [ms for ms in range(0, 4 * HOUR_MS, 1_000) if asking.ask(ms)]
    pauses = [(b - a) // 1000 for a, b in pairwise(asked_ms)]
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_on_a_new_connection_it_waits_a_moment_for_what_the_broker_kept(asking: Asking) -> None:
    asking.want()
    nonce = asking.ask(0)
    asking.errand.connected()
    assert asking.ask(10_000) == ""
    assert asking.ask(14_999) == ""
    asking.answer(nonce, b"kept", 14_999)
    assert [one.data for one in asking.came] == [b"kept"]
    asking.want(100)
    asking.ask(15_000)
    asking.errand.connected()
    assert asking.ask(15_001) == ""
    assert asking.ask(20_001) != ""


def test_where_the_depot_has_no_bytes_it_asks_in_an_hour_but_for_another_wish_at_once(
    asking: Asking,
) -> None:
    asking.want()
    asking.answer(asking.ask(0), b"", 100)
    assert asking.came[-1].data == b""
    asking.want()
    assert asking.ask(HOUR_MS) == ""
    asking.want(wish="depot-2")
    assert asking.ask(HOUR_MS) != ""


def test_a_piece_leaves_the_others_their_share_of_the_link() -> None:
    asking = Asking(0.25)
    asking.want()
    asking.answer(asking.ask(0), b"x", 4_000)
    asking.want(1)
    assert asking.ask(15_999) == ""
    assert asking.ask(16_000) != ""


def test_late_repeated_and_strange_answers_are_passed_over(asking: Asking) -> None:
    asking.want()
    early = asking.ask(0)
    nonce = asking.ask(30_000)
    asking.answer(early, b"late", 30_001)
    asking.answer(new_nonce(), b"strange", 30_002)
    assert asking.came == []
    asking.answer(nonce, b"x", 30_003)
    asking.answer(nonce, b"x", 30_004)
    assert len(asking.came) == 1


def test_more_than_was_asked_for_is_refused(asking: Asking) -> None:
    asking.want()
    nonce = asking.ask(0)
    with pytest.raises(Unreadable, match="were asked for"):
        asking.answer(nonce, bytes(101), 1)
    assert asking.came == []


@given(st.binary(max_size=40))
def test_whatever_comes_nothing_is_told_that_was_not_asked_for(payload: bytes) -> None:
    asking = Asking()
    asking.want()
    asking.ask(0)
    with suppress(Unreadable):
        asking.errand.answered(payload, 1)
    assert asking.came == []
