"""A chain that a publicly trusted authority gave the operator: may the unit's console show it?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority.consoles import Console
from triporteur_depot.authority.signing_requests import key_sha256

_LONGEST_CHAIN = 10
_SOON = timedelta(days=1)


def check(pem: bytes, console: Console, now: datetime) -> str:
    """The chain as it goes to the unit. Raises AskedWrongly, with what is wrong and what to do."""
    if b"PRIVATE KEY" in pem:
        raise AskedWrongly(
            "the file holds a private key, which no unit needs: give the certificates alone, and "
            "have them made with the request of `triporteur-depot console csr`"
        )
    chain = _read(pem)
    _check_leaf(chain[0], console, now)
    for under, above in pairwise(chain):
        _check_link(under, above)
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)


def _read(pem: bytes) -> Sequence[x509.Certificate]:
    try:
        chain = x509.load_pem_x509_certificates(pem)
    except (ValueError, x509.InvalidVersion) as error:
        raise AskedWrongly(f"the file holds no certificates in PEM ({error})") from error
    if len(chain) > _LONGEST_CHAIN:
        raise AskedWrongly(f"the file holds {len(chain)} certificates: give one chain, no store")
    return chain


def _check_leaf(leaf: x509.Certificate, console: Console, now: datetime) -> None:
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or key_sha256(key) != console.key_sha256:
        raise AskedWrongly(
            "the first certificate is of another key than the console's: have it made with the "
            "request of `triporteur-depot console csr`"
        )
    held = _names(leaf)
    if missing := [name for name in console.names if name not in held]:
        raise AskedWrongly(
            f"the certificate holds for {', '.join(held) or 'nothing'}; the console is called "
            f"{', '.join(missing)}"
        )
    if ExtendedKeyUsageOID.SERVER_AUTH not in _uses(leaf):
        raise AskedWrongly("the certificate is not one for servers")
    if leaf.not_valid_before_utc > now:
        raise AskedWrongly(f"the certificate holds from {leaf.not_valid_before_utc:%Y-%m-%d} on")
    if leaf.not_valid_after_utc < now + _SOON:
        raise AskedWrongly(f"the certificate ends on {leaf.not_valid_after_utc:%Y-%m-%d}")


def _check_link(under: x509.Certificate, above: x509.Certificate) -> None:
    try:
        under.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise AskedWrongly(
            f"{_of(above)} did not certify {_of(under)}: give the console's certificate first, "
            "and behind each the one that certified it"
        ) from error


def _of(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string() or "the console's certificate"


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return found.value.get_values_for_type(x509.DNSName)


def _uses(leaf: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        return list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []
