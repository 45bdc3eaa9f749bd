"""Pieces of a release: one question at a time, behind what lives, and whatever comes back."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.delivery.piece_errand import Came, PieceErrand, Stretch
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import (
    MAX_PIECE_BYTES,
    Piece,
    decode_piece_request,
    encode_piece,
    new_nonce,
)

SHA = "ab" * 32
HOUR_MS = 3_600_000
#: As long as what is asked for.
DATA = bytes(range(100))


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
    asking.answer(asked.nonce, DATA, 1_000)
    assert asking.came == [Came(wanted, DATA)]
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
    assert asking.ask(25_000) == ""
    assert asking.ask(54_999) == ""
    asking.answer(nonce, DATA, 54_999)
    assert [one.data for one in asking.came] == [DATA]


def test_after_hours_without_a_link_it_asks_soon_after(asking: Asking) -> None:
    asking.want()
    for ms in range(0, 4 * HOUR_MS, 1_000):
        asking.ask(ms)
    asking.errand.connected()
    assert asking.ask(4 * HOUR_MS) == ""
    assert asking.ask(4 * HOUR_MS + 29_999) == ""
    assert asking.ask(4 * HOUR_MS + 30_000) != ""


def test_where_the_link_never_holds_for_long_a_lost_question_is_asked_again_all_the_same(
    asking: Asking,
) -> None:
    asking.want()
    asking.ask(0)
    asked_ms = []
    for ms in range(20_000, HOUR_MS, 1_000):
        if ms % 25_000 == 0:
            asking.errand.connected()
        if asking.ask(ms):
            asked_ms.append(ms)
    assert asked_ms[:2] == [625_000, 1_250_000]


def test_how_long_an_answer_took_says_how_long_the_next_may_take(asking: Asking) -> None:
    asking.want()
    asking.answer(asking.ask(0), DATA, 25_000)
    asking.want(100)
    nonce = asking.ask(25_000)
    assert asking.ask(74_999) == ""
    assert asking.ask(75_000) == nonce
    asking.answer(nonce, DATA, 75_001)
    asking.want(200)
    asking.answer(asking.ask(76_000), DATA, 77_000)
    asking.want(300)
    assert asking.ask(77_000) != ""
    assert asking.ask(106_999) == ""
    assert asking.ask(107_000) != ""


@pytest.mark.parametrize(("rate", "up_s", "down_s"), [(2_000, 25, 5), (1_000, 600, 10)])
def test_a_bad_link_brings_what_it_carries(rate: int, up_s: int, down_s: int) -> None:
    """Its broker begins an answer anew on each connection."""
    asking = Asking(0.5)
    kept: list[str] = []
    carried = of_this = 0
    for now_s in range(2 * 3_600):
        at_s = now_s % (up_s + down_s)
        if at_s == 0:
            asking.errand.connected()
            of_this = 0
        if at_s >= up_s:
            continue
        asking.want(100 * len(asking.came))
        if nonce := asking.ask(now_s * 1_000):
            kept.append(nonce)
        if kept:
            carried, of_this = carried + rate, of_this + rate
            if of_this >= MAX_PIECE_BYTES:
                asking.answer(kept.pop(0), DATA, now_s * 1_000)
                of_this = 0
    assert len(asking.came) >= 100
    assert carried < 2 * len(asking.came) * MAX_PIECE_BYTES


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
    asking.answer(asking.ask(0), DATA, 4_000)
    asking.want(1)
    assert asking.ask(15_999) == ""
    assert asking.ask(16_000) != ""


def test_an_answer_that_is_late_counts_once(asking: Asking) -> None:
    asking.want()
    nonce = asking.ask(0)
    assert asking.ask(30_000) == nonce
    asking.answer(nonce, DATA, 30_001)
    asking.answer(nonce, DATA, 30_002)
    assert len(asking.came) == 1


def test_repeated_and_strange_answers_are_passed_over(asking: Asking) -> None:
    asking.want()
    early = asking.ask(0)
    asking.want(100, "depot-2")
    nonce = asking.ask(30_000)
    assert nonce != early
    asking.answer(early, DATA, 30_001)
    asking.answer(new_nonce(), DATA, 30_002)
    assert asking.came == []
    asking.answer(nonce, DATA, 30_003)
    asking.answer(nonce, DATA, 30_004)
    assert len(asking.came) == 1


def test_less_than_was_asked_for_is_nothing(asking: Asking) -> None:
    asking.want()
    asking.answer(asking.ask(0), DATA[:1], 1)
    assert asking.came[-1].data == b""
    asking.want()
    assert asking.ask(HOUR_MS) == ""
    assert asking.ask(HOUR_MS + 1) != ""


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
