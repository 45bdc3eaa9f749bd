"""A unit's papers: its key, the certificate of that key, and the authorities it trusts.

The key is on the curve P-256 (RFC 5480): small enough for 4G, and every broker's TLS knows it.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

#: Half the life of a certificate of 400 days: a unit may then rest in a garage for six months.
_RENEW_BEFORE_MS = 200 * 86_400_000


class BadPapers(ValueError):
    """What should be a unit's papers is not, or not this unit's; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Papers:
    """A key that is certified, all PEM.

    `login` names the bundle that let the unit in. `unit` is whom the certificate names, between
    `since_utc_ms` and `until_utc_ms`.
    """

    key: bytes = field(repr=False)
    certificate: str
    authorities: str
    login: str
    unit: str
    since_utc_ms: int
    until_utc_ms: int

    @property
    def renew_from_utc_ms(self) -> int:
        """From when on a new certificate is due: 200 days before its end, or at half its life."""
        life_ms = self.until_utc_ms - self.since_utc_ms
        return self.until_utc_ms - min(_RENEW_BEFORE_MS, life_ms // 2)

    @property
    def serial(self) -> str:
        """Names the certificate, in hexadecimal."""
        return f"{_certificates(self.certificate, 'the certificate')[0].serial_number:x}"

    def sign(self, text: bytes) -> str:
        """The key's signature: ECDSA with SHA-256, DER in hexadecimal."""
        return _key(self.key).sign(text, ec.ECDSA(hashes.SHA256())).hex()

    @property
    def authorities_digest(self) -> str:
        """SHA-256, in hexadecimal, of the authorities as they were received."""
        return hashlib.sha256(self.authorities.encode()).hexdigest()


def new_key() -> bytes:
    """A new private key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signing_request(key: bytes, unit: str) -> str:
    """Asks, in PKCS #10, for a certificate that names the unit. Raises BadPapers on a bad key."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, unit)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    return request.sign(_key(key), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def read_papers(key: bytes, certificate: str, authorities: str, login: str) -> Papers:
    """Raises BadPapers unless the certificate is of this key and from one of the authorities."""
    leaf = _certificates(certificate, "the certificate")[0]
    if leaf.public_key() != _key(key).public_key():
        raise BadPapers("the certificate is of another key")
    if not any(_signed(leaf, authority) for authority in read_authorities(authorities)):
        raise BadPapers("none of the authorities signed the certificate")
    return Papers(
        key,
        certificate,
        authorities,
        login,
        _name(leaf),
        round(leaf.not_valid_before_utc.timestamp() * 1000),
        round(leaf.not_valid_after_utc.timestamp() * 1000),
    )


def read_authorities(text: str) -> list[x509.Certificate]:
    """The authorities in a PEM text, at least one. Raises BadPapers."""
    return _certificates(text, "the list of authorities")


def _key(text: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError) as error:
        # Not the error's own words: they might quote the key.
        raise BadPapers("the private key is damaged") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadPapers("the private key is not one of this unit's making")
    return key


def _certificates(text: str, what: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text.encode())
    except (ValueError, x509.InvalidVersion) as error:
        raise BadPapers(f"{what} cannot be read") from error


def _signed(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _name(leaf: x509.Certificate) -> str:
    try:
        [name] = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError as error:
        raise BadPapers("the certificate names nobody, or several") from error
    return str(name.value)
