"""Units fetch a release piece by piece; whoever asks, and whatever."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depot.releases.made import signed
from triporteur_depot.releases.kept import Kept
from triporteur_depot.releases.pieces import Pieces
from triporteur_wire.releases import Offer
from triporteur_wire.requests import MAX_PIECE_BYTES, PieceRequest, decode_piece, encode, new_nonce

pytestmark = pytest.mark.slow


class Desk:
    """Pieces of one release, and the time that passes."""

    def __init__(self, folder: Path) -> None:
        self.file = signed(folder)
        self.kept = Kept.beside(folder / "depot.db")
        with self.file.open("rb") as release, self.kept.alone():
            self.offer = self.kept.keep(release)
        self.monotonic_s = 50.0
        self.pieces = Pieces(self.kept, lambda: self.monotonic_s)

    def ask(
        self,
        offset: int = 0,
        count: int = MAX_PIECE_BYTES,
        digest: str | None = None,
        unit: str = "ben",
    ) -> bytes | None:
        """The bytes of the answer, which is to this question; None for no answer."""
        asked = PieceRequest(new_nonce(), digest or self.offer.digest, offset, count)
        answer = self.pieces.answer(unit, encode(asked))
        if answer is None:
            return None
        piece = decode_piece(answer)
        assert piece.nonce == asked.nonce
        return piece.data


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def packed_bytes(desk: Desk) -> int:
    """Of all parts, as they travel."""
    return sum(part.packed_bytes for part in desk.offer.manifest().parts)


def test_all_pieces_together_are_what_lies_behind_the_offer(desk: Desk) -> None:
    fetched = b""
    while piece := desk.ask(len(fetched), 10_000):
        fetched += piece
    with desk.file.open("rb") as release:
        Offer.read(release)
        assert fetched == release.read()
    assert len(fetched) == packed_bytes(desk) > 80_000


def test_what_is_not_here_has_no_bytes(desk: Desk) -> None:
    assert desk.ask(digest="0" * 64) == b""
    assert desk.ask(packed_bytes(desk)) == b""
    assert desk.ask(2**52) == b""
    desk.kept.path(desk.offer.digest).unlink()
    assert desk.ask() == b""


def test_who_asks_faster_than_any_link_carries_waits_and_nobody_else_does(desk: Desk) -> None:
    answered = [desk.ask(count=1) for _ in range(1_000)]
    assert answered.count(None) == 800
    assert desk.ask(unit="zoe", count=1)
    desk.monotonic_s += 1.0
    assert [desk.ask(count=1) for _ in range(30)].count(None) == 10
    desk.monotonic_s += 3_600.0
    assert [desk.ask(count=1) for _ in range(1_000)].count(None) == 800


def test_whoever_invents_names_is_not_remembered_for_ever(desk: Desk) -> None:
    for number in range(25_000):
        desk.pieces.answer(f"unit-{number}", b"")
    assert len(desk.pieces._allowed) <= 10_000


@given(st.binary(max_size=200) | st.just(b"[" * 100_000) | st.just(b'{"nonce":"0123456789abcdef"}'))
def test_no_bytes_get_an_answer_that_are_no_question(question: bytes) -> None:
    assert Pieces(Kept(Path("/nowhere"))).answer("ben", question) is None


def test_no_name_of_a_release_leads_out_of_the_folder(desk: Desk) -> None:
    asked = encode(PieceRequest(new_nonce(), "../depot.db", 0, 10))
    assert desk.pieces.answer("ben", asked) is None


def test_a_disk_that_refuses_is_told_once_and_units_ask_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    path = desk.kept.path(desk.offer.digest)
    whole = path.read_bytes()
    path.unlink()
    path.mkdir()
    assert [desk.ask(), desk.ask()] == [None, None]
    path.rmdir()
    path.write_bytes(whole)
    caplog.set_level(logging.INFO)
    assert desk.ask()
    assert caplog.text.count("cannot be read") == 1
    assert caplog.text.count("can be read again") == 1
