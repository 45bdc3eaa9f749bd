"""The key that vouches for releases, and its use. It is of no use aboard, and never goes there."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority.files import write_new
from triporteur_depot.authority.sealing import SHORTEST
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import UNSIGNED, Offer


def make_key(path: Path, password: str) -> Path:
    """Makes a secret key, and beside it what units trust; where that is.

    Without a password who reads the file can sign. Raises OSError, and AskedWrongly rather than
    replace either of the two, or lock it with a password that is soon guessed.
    """
    if 0 < len(password) < SHORTEST:
        raise AskedWrongly(
            f"a password of {SHORTEST} characters or more, or none: four words will do; nothing "
            "was made"
        )
    key = Ed25519PrivateKey.generate()
    locked = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    public = path.with_name(f"{path.name}.pub")
    try:
        with public.open("xb") as file:
            file.write(
                key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            )
        _make_secret(path, public, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    except FileExistsError as error:
        raise AskedWrongly(
            f"{error.filename} is there already: units may trust that key; name another"
        ) from error
    return public


def _make_secret(path: Path, public: Path, text: bytes) -> None:
    try:
        write_new(path, text)
    except OSError:
        public.unlink()
        raise


def sign(release: Path, key: Ed25519PrivateKey) -> Offer:
    """Signs a release's file in its place. Raises AskedWrongly and OSError."""
    with release.open("rb+") as file:
        try:
            offer = Offer.read(file)
            offer.manifest()
        except Unreadable as error:
            raise AskedWrongly(f"{release} is no release: {error}") from error
        signature = key.sign(offer.signed).hex()
        assert len(signature) == len(UNSIGNED)
        file.seek(0)
        file.write(signature.encode())
    return Offer(bytes.fromhex(signature), offer.raw)


def load_key(path: Path, password: str | None) -> Ed25519PrivateKey:
    """Raises AskedWrongly, and TypeError when it asks for a password and none is given."""
    try:
        found = load_pem_private_key(path.read_bytes(), password.encode() if password else None)
    except OSError as error:
        raise AskedWrongly(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise AskedWrongly(f"{path} is no key, or that is not its password") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise AskedWrongly(f"{path} is no key that signs releases")
    return found
