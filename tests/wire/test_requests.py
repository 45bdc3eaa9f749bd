"""Questions and answers, and the bundle that lets a newcomer ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire import enrolment, requests
from triporteur_wire.enrolment import Bundle, decode_bundle, may_name_a_unit
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import (
    MAX_PIECE_BYTES,
    CertificateRequest,
    Certified,
    ConsoleRequest,
    Piece,
    PieceRequest,
    Refused,
    TimeRequest,
    TimeResponse,
    new_nonce,
)

BUNDLE = Bundle(
    unit="ben",
    host="depot.example",
    port=8883,
    door_port=8884,
    login="enrol-" + "0a" * 8,
    token="f0" * 32,
    expires_utc_ms=1_795_335_774_337,
    authorities="-----BEGIN CERTIFICATE-----\n",
)


def test_no_two_nonces_are_alike() -> None:
    assert len({new_nonce() for _ in range(1000)}) == 1000


def test_questions_and_answers_come_back_as_they_were() -> None:
    nonce = new_nonce()
    asked, told = TimeRequest(nonce), TimeResponse(nonce, 1_795_335_774_337, "ab" * 32)
    assert requests.decode_time_request(requests.encode(asked)) == asked
    assert requests.decode_time_response(requests.encode(told)) == told
    wish = CertificateRequest(nonce, "csr")
    assert requests.decode_certificate_request(requests.encode(wish)) == wish
    other = ConsoleRequest(nonce, "csr", "ab", "cd")
    assert requests.decode_console_request(requests.encode(other)) == other
    piece = PieceRequest(nonce, "0" * 64, 40, MAX_PIECE_BYTES)
    assert requests.decode_piece_request(requests.encode(piece)) == piece
    for answer in (Certified(nonce, "certificate", "authorities"), Refused(nonce, "why")):
        assert requests.decode_certificate_response(requests.encode(answer)) == answer


def test_a_question_for_the_console_is_never_taken_for_one_for_the_unit() -> None:
    nonce = new_nonce()
    for_console, for_unit = ConsoleRequest(nonce, "csr", "ab"), CertificateRequest(nonce, "csr")
    assert for_console.signed != for_unit.signed
    with pytest.raises(Unreadable):
        requests.decode_certificate_request(requests.encode(for_console))
    with pytest.raises(Unreadable):
        requests.decode_console_request(requests.encode(for_unit))


@given(st.binary())
def test_whatever_comes_is_an_answer_or_unreadable(payload: bytes) -> None:
    for read in (
        requests.decode_time_request,
        requests.decode_time_response,
        requests.decode_certificate_request,
        requests.decode_certificate_response,
        requests.decode_piece_request,
        decode_bundle,
    ):
        with pytest.raises(Unreadable):
            read(payload)


@given(st.binary(max_size=100) | st.from_regex(rb"[0-9a-g]{15,17}.*", fullmatch=True))
def test_whatever_comes_is_a_piece_to_the_byte_or_unreadable(payload: bytes) -> None:
    try:
        found = requests.decode_piece(payload)
    except Unreadable:
        return
    assert requests.encode_piece(found) == payload


@given(st.binary())
def test_a_piece_comes_back_whatever_its_bytes(data: bytes) -> None:
    sent = Piece(new_nonce(), data)
    assert requests.decode_piece(requests.encode_piece(sent)) == sent


def test_a_piece_is_no_larger_than_the_largest_that_is_asked_for() -> None:
    largest = Piece(new_nonce(), bytes(MAX_PIECE_BYTES))
    assert requests.decode_piece(requests.encode_piece(largest)) == largest
    with pytest.raises(Unreadable, match="too many"):
        requests.decode_piece(requests.encode_piece(largest) + b"x")


@pytest.mark.parametrize("count", [0, -1, MAX_PIECE_BYTES + 1])
def test_no_piece_is_asked_for_that_is_empty_or_too_large(count: int) -> None:
    asked = PieceRequest(new_nonce(), "0" * 64, 0, count)
    with pytest.raises(Unreadable):
        requests.decode_piece_request(requests.encode(asked))


def test_a_bundle_comes_back_from_its_file() -> None:
    assert decode_bundle(enrolment.encode(BUNDLE)) == BUNDLE


@pytest.mark.parametrize("name", ["depot", "registrar", "enrol-ben"])
def test_a_name_of_the_brokers_own_is_no_units(name: str) -> None:
    assert not may_name_a_unit(name)
    text = enrolment.encode(BUNDLE).replace(b'"ben"', f'"{name}"'.encode())
    with pytest.raises(Unreadable, match=name):
        decode_bundle(text)
