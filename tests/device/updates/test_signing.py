"""Who vouches for a release, and which release is for this unit."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.device.updates.making import key, public
from triporteur_device.updates.refused import Refused
from triporteur_device.updates.signing import fitting, signed
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Manifest, Offer, Part, unsigned

SHA = "0" * 64
MANIFEST = Manifest(1, "1.1", "x86_64", "1.0", (Part("bin", SHA, SHA, 10, 20),))


def offered(manifest: Manifest = MANIFEST, by: Ed25519PrivateKey | None = None) -> Offer:
    offer = unsigned(manifest)
    return Offer((by or key()).sign(offer.signed), offer.raw)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    (path := tmp_path / "updates.pub").write_bytes(public(key()))
    return path


def test_a_release_of_ours_is_taken(keys: Path) -> None:
    assert signed(offered(), keys) == MANIFEST


def test_every_key_of_the_file_counts(keys: Path) -> None:
    newer = Ed25519PrivateKey.generate()
    keys.write_bytes(public(newer) + b"# of last year\n" + public(key()))
    assert signed(offered(by=newer), keys) == signed(offered(), keys)


@pytest.mark.parametrize("offer", [unsigned(MANIFEST), offered(by=Ed25519PrivateKey.generate())])
def test_a_release_of_others_is_refused(keys: Path, offer: Offer) -> None:
    with pytest.raises(Refused, match="not signed by a key"):
        signed(offer, keys)


@given(data=st.data())
def test_a_flipped_byte_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    keys = tmp_path_factory.getbasetemp() / "flipped.pub"
    keys.write_bytes(public(key()))
    text = bytearray(offered().text)
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        offer = Offer.of(bytes(text))
    except Unreadable:
        return
    if (offer.signature, offer.raw) != (offered().signature, offered().raw):
        with pytest.raises(Refused):
            signed(offer, keys)


def test_a_signature_of_something_else_is_none(keys: Path) -> None:
    offer = unsigned(MANIFEST)
    with pytest.raises(Refused):
        signed(Offer(key().sign(offer.raw), offer.raw), keys)


def test_a_unit_without_a_key_trusts_nobody(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="trusts nobody"):
        signed(offered(), tmp_path / "updates.pub")


def test_a_file_of_other_keys_is_told(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1()).public_key()
    path = tmp_path / "updates.pub"
    path.write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(Refused, match="not Ed25519"):
        signed(offered(), path)
    path.write_text("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n")
    with pytest.raises(Refused, match="no public key"):
        signed(offered(), path)
    path.write_text("")
    with pytest.raises(Refused, match="holds no public key"):
        signed(offered(), path)


def test_a_format_of_later_times_is_told(keys: Path) -> None:
    raw = b'{"format":2,"version":"9.9"}'
    offer = Offer(key().sign(Offer(b"", raw).signed), raw)
    with pytest.raises(Refused, match="a later package may"):
        signed(offer, keys)


def test_what_is_for_this_unit_fits() -> None:
    fitting(MANIFEST, "x86_64", "1.0", "1.0")


@pytest.mark.parametrize(
    ("change", "runs", "package", "why"),
    [
        ({"machine": "aarch64"}, "1.0", "1.0", "it is for aarch64"),
        ({}, "1.1", "1.0", "1.1 is not later than 1.1"),
        ({}, "1.1.0", "1.0", "not later"),
        ({"version": "1.0.9"}, "1.1", "1.0", "not later than 1.1"),
        ({"needs": "1.2"}, "1.0", "1.1.9", "needs the package 1.2"),
    ],
)
def test_what_is_not_for_this_unit_is_refused(
    change: dict[str, str], runs: str, package: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        fitting(replace(MANIFEST, **change), "x86_64", runs, package)
