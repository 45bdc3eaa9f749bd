"""The console's own key, made aboard, and what asks for a certificate of it.

EC on P-256, as the unit's own: every phone's browser takes it, and it costs a Pi little.
"""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class BadKey(ValueError):
    """What should be the console's key is not one."""


def new_key() -> bytes:
    """A new private key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signing_request(key: bytes, names: Sequence[str]) -> str:
    """Asks, in PKCS #10, for a certificate of these names. Raises BadKey.

    It bears no subject: the name of a unit there would be taken for the unit itself.
    """
    alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).add_extension(
        alternatives, critical=True
    )
    return request.sign(_key(key), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _key(text: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError) as error:
        # Not the error's own words: they might quote the key.
        raise BadKey("the console's key is damaged") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadKey("the console's key is not one of its making")
    return key
