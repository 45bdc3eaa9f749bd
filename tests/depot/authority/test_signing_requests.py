"""What a unit may ask to have certified, and what it may not."""

import base64
from collections.abc import Callable
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tests.tls import signing_request
from triporteur_depot.authority.certificates import new_key
from triporteur_depot.authority.signing_requests import Unacceptable, read

KEY = new_key()


def request(key: object, name: str | None = "ben") -> str:
    names = [] if name is None else [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.PEM).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make_key",
    [
        partial(ec.generate_private_key, ec.SECP224R1()),
        partial(ec.generate_private_key, ec.SECP256K1()),
        partial(rsa.generate_private_key, 65537, 2048),
        ed25519.Ed25519PrivateKey.generate,
    ],
    ids=["P-224", "secp256k1", "RSA", "Ed25519"],
)
def test_a_weak_or_strange_key_is_refused(make_key: Callable[[], object]) -> None:
    with pytest.raises(Unacceptable, match="must be an EC key on P-256, P-384 or P-521"):
        read(request(make_key()))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
def test_a_good_key_is_taken(curve: ec.EllipticCurve) -> None:
    assert read(request(ec.generate_private_key(curve))).name == "ben"


@pytest.mark.parametrize("name", [None, "B", "Ben", "ben\n", "../ben", "b" * 33])
def test_a_request_names_one_unit(name: str | None) -> None:
    with pytest.raises(Unacceptable, match="must bear one common name, the unit's"):
        read(request(KEY, name))


def test_a_request_that_another_key_signed_is_refused() -> None:
    forged = DER.replace(_point(KEY), _point(new_key()))
    assert forged != DER
    with pytest.raises(Unacceptable, match="not signed by its own key"):
        read(_armoured(forged))


GOOD = signing_request("ben", KEY)


DER = x509.load_pem_x509_csr(GOOD.encode()).public_bytes(Encoding.DER)


@given(st.text())
def test_any_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(Unacceptable):
        read(text)


@given(st.integers(0, len(DER) - 1), st.integers(1, 255))
def test_a_request_with_a_byte_changed_is_refused_in_words(at: int, flip: int) -> None:
    changed = bytearray(DER)
    changed[at] ^= flip
    with pytest.raises(Unacceptable):
        read(_armoured(bytes(changed)))


@given(st.binary(max_size=300), st.integers(0, len(DER)), st.integers(0, 20))
def test_a_request_with_bytes_put_in_or_left_out_is_refused_in_words(
    more: bytes, at: int, gone: int
) -> None:
    changed = DER[:at] + more + DER[at + gone :]
    if changed == DER:
        return
    with pytest.raises(Unacceptable):
        read(_armoured(changed))


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _armoured(der: bytes) -> str:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"
