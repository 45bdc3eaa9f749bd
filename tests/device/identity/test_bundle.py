"""Whatever file a person hands over, there is one kind of error, and it says what to do."""

import base64

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from tests.device.identity.authority import DAY_MS, NOW_MS, Authority
from triporteur_device.identity.bundle import BadBundle, check_bundle, read_bundle
from triporteur_wire.enrolment import encode

GOOD = Authority().bundle()
TEXT = encode(GOOD)


def test_a_bundle_is_read_as_it_was_written() -> None:
    assert read_bundle(TEXT) == GOOD


@given(st.binary() | st.text().map(str.encode))
def test_any_other_file_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(BadBundle, match="copy it from the depot again"):
        read_bundle(text)


@given(st.integers(min_value=0, max_value=len(TEXT.rstrip()) - 1))
def test_a_bundle_cut_short_anywhere_is_said_to_be_damaged(length: int) -> None:
    with pytest.raises(BadBundle, match="a damaged one"):
        read_bundle(TEXT[:length])


@given(st.integers(min_value=0, max_value=len(TEXT) - 1), st.integers(min_value=1, max_value=255))
def test_a_bundle_with_one_wrong_byte_says_nothing_of_its_token(at: int, change: int) -> None:
    damaged = bytearray(TEXT)
    damaged[at] ^= change
    try:
        read_bundle(bytes(damaged))
    except BadBundle as error:
        assert GOOD.token[:32] not in str(error)  # noqa: PT017 - most damage is told, not all


def test_a_certificate_of_a_version_that_there_is_not_makes_no_bundle() -> None:
    der = x509.load_pem_x509_certificate(GOOD.authorities.encode()).public_bytes(Encoding.DER)
    other = der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01", 1)
    assert other != der
    body = base64.encodebytes(other).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"
    with pytest.raises(BadBundle):
        read_bundle(encode(msgspec.structs.replace(GOOD, authorities=pem)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"authorities": ""},
        {"authorities": "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"},
        {"unit": "depot"},
        {"unit": "enrol-0123456789abcdef"},
        {"token": "short"},
        {"door_port": 0},
    ],
)
def test_a_bundle_that_could_not_let_anyone_in_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(BadBundle):
        read_bundle(encode(msgspec.structs.replace(GOOD, **wrong)))


@pytest.mark.parametrize(
    "utc_ms", [None, NOW_MS, GOOD.expires_utc_ms - 1], ids=["unknown", "now", "last moment"]
)
def test_a_bundle_is_good_until_it_expires_or_while_nobody_knows(utc_ms: int | None) -> None:
    check_bundle(GOOD, "ben", utc_ms)


def test_an_expired_bundle_says_until_when_it_was_good() -> None:
    with pytest.raises(BadBundle, match=r"good until \d{4}-\d\d-\d\d only; ask the depot"):
        check_bundle(GOOD, "ben", NOW_MS + 8 * DAY_MS)


def test_the_bundle_of_another_unit_names_both() -> None:
    with pytest.raises(BadBundle, match="for the unit 'ben', but unit"):
        check_bundle(GOOD, "panda", None)
