"""What a unit asks with: a PKCS #10 request, signed by the key that it wants certified."""

import hashlib
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from triporteur_wire.consoles import MOST_NAMES
from triporteur_wire.topics import UNIT_PATTERN

#: Everything that `cryptography` says of bytes that are not what they should be.
_MALFORMED = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


class Unacceptable(ValueError):
    """Nothing can be certified with this; the sentence says what is wrong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A key that its owner proved to have, and the name that he asks for."""

    name: str
    key: ec.EllipticCurvePublicKey

    @property
    def key_sha256(self) -> str:
        return key_sha256(self.key)


def key_sha256(key: ec.EllipticCurvePublicKey) -> str:
    plain = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(plain).hexdigest()


def read(pem: str) -> Asked:
    """Raises Unacceptable, and nothing else."""
    request, key = _read(pem)
    names = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1 or not re.match(UNIT_PATTERN, name := str(names[0].value)):
        raise Unacceptable("The request must bear one common name, the unit's.")
    return Asked(name, key)


@dataclass(frozen=True, slots=True)
class AskedForConsole:
    """A key that its owner proved to have, and the names that phones are to reach it by."""

    names: tuple[str, ...]
    key: ec.EllipticCurvePublicKey


def read_console(pem: str) -> AskedForConsole:
    """Raises Unacceptable, and nothing else. May a console be called that? See `consoles`."""
    request, key = _read(pem)
    try:
        found = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(dict.fromkeys(found.value.get_values_for_type(x509.DNSName)))
    except (*_MALFORMED, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise Unacceptable("The request bears no names of the console.") from error
    if not 1 <= len(names) <= MOST_NAMES:
        raise Unacceptable(f"The request must bear 1 to {MOST_NAMES} names of the console.")
    return AskedForConsole(names, key)


def _read(pem: str) -> tuple[x509.CertificateSigningRequest, ec.EllipticCurvePublicKey]:
    try:
        request = x509.load_pem_x509_csr(pem.encode(errors="replace"))
        key = request.public_key()
        _ = request.subject
    except _MALFORMED as error:
        raise Unacceptable(f"The request is no PKCS #10 in PEM ({error}).") from error
    # Before the signature is looked at: a huge RSA key would cost a lot of time.
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, _CURVES):
        raise Unacceptable("The key must be an EC key on P-256, P-384 or P-521: make another.")
    if not _is_signed(request):
        raise Unacceptable("The request is not signed by its own key: make another.")
    return request, key


def _is_signed(request: x509.CertificateSigningRequest) -> bool:
    try:
        return request.is_signature_valid
    except _MALFORMED:
        return False
