"""Whether a release is signed by somebody whom this unit trusts, and is for this unit."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from triporteur_device.updates.refused import Refused
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Manifest, Offer, numbers

_END = b"-----END PUBLIC KEY-----"


def signed(offer: Offer, keys: Path) -> Manifest:
    """The manifest, once a key of the file vouches for it. Raises Refused."""
    if not any(_vouches(key, offer) for key in trusted(keys)):
        raise Refused(f"it is not signed by a key of {keys}")
    try:
        return offer.manifest()
    except Unreadable as error:
        raise Refused(f"its manifest cannot be read ({error}): a later package may") from error


def fitting(manifest: Manifest, machine: str, runs: str, package: str) -> None:
    """Whether it is for this `machine`, later than what `runs`, and on this `package`.

    Raises Refused.
    """
    if manifest.machine != machine:
        raise Refused(f"it is for {manifest.machine}, and this is {machine}")
    if numbers(manifest.version) <= numbers(runs):
        raise Refused(
            f"{manifest.version} is not later than {runs}, which runs; to go back, give the older "
            "code a higher number"
        )
    if numbers(package) < numbers(manifest.needs):
        raise Refused(
            f"it needs the package {manifest.needs}, and {package} is installed: install that first"
        )


def trusted(path: Path) -> list[Ed25519PublicKey]:
    """The keys in the file, at least one, which are trusted to sign. Raises Refused."""
    try:
        *blocks, _ = path.read_bytes().split(_END)
    except FileNotFoundError:
        raise Refused(f"this unit trusts nobody's updates yet: {path} is missing") from None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error
    if not blocks:
        raise Refused(f"{path} holds no public key")
    return [_key(path, block.strip() + b"\n" + _END + b"\n") for block in blocks]


def _key(path: Path, pem: bytes) -> Ed25519PublicKey:
    try:
        found = load_pem_public_key(pem)
    except ValueError as error:
        raise Refused(f"{path} holds what is no public key") from error
    if not isinstance(found, Ed25519PublicKey):
        raise Refused(f"{path} holds a key that is not Ed25519")
    return found


def _vouches(key: Ed25519PublicKey, offer: Offer) -> bool:
    try:
        key.verify(offer.signature, offer.signed)
    except InvalidSignature:
        return False
    return True
