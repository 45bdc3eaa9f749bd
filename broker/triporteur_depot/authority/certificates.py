"""Certificates: EC P-256, as RFC 5280 has them, so that a strict verifier takes them too."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: What a unit verifies holds from here on: a Pi that does not know the time is somewhere after.
SINCE = datetime(1970, 1, 1, tzinfo=UTC)
AUTHORITY_LASTS = timedelta(days=20 * 365)
BROKER_LASTS = timedelta(days=5 * 365)
#: A unit asks again when less than half of it is left: half a year in a shed does no harm.
UNIT_LASTS = timedelta(days=400)
#: Some phones take none of more than 825 days from an authority that was added by hand.
CONSOLE_LASTS = timedelta(days=400)
#: What the depot's own clock may have been set back by.
_SLACK = timedelta(days=1)

Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs. `cross` is the same name and key, certified by the authority before it."""

    key: Key
    certificate: x509.Certificate
    cross: x509.Certificate | None = None

    @property
    def id(self) -> str:
        """Names its key: 16 hex digits."""
        return key_id(self.key.public_key())


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    return x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()[:16]


def new_authority(now: datetime) -> Authority:
    key = new_key()
    name = _named(f"Triporteur depot {key_id(key.public_key())}")
    plain = _holding(name, key.public_key(), SINCE, now + AUTHORITY_LASTS)
    return Authority(key, _of_authority(plain, path_length=1).issuer_name(name).sign(key, _HASH))


def cross_signed(younger: Authority, older: Authority) -> Authority:
    """Whoever trusts the older one alone can follow its word to the younger one."""
    of = younger.certificate
    until = min(of.not_valid_after_utc, older.certificate.not_valid_after_utc)
    plain = _holding(of.subject, younger.key.public_key(), SINCE, until)
    return Authority(younger.key, of, _signed(_of_authority(plain, path_length=0), older))


def of_broker(
    authority: Authority, key: Key, names: Iterable[str], now: datetime
) -> x509.Certificate:
    """For the broker, under every name that units reach it by."""
    plain = _holding(_named("Triporteur broker"), key.public_key(), SINCE, now + BROKER_LASTS)
    end = _of_end(plain, ExtendedKeyUsageOID.SERVER_AUTH)
    return _signed(end.add_extension(alternatives(names), critical=False), authority)


def of_unit(
    authority: Authority, key: ec.EllipticCurvePublicKey, unit: str, now: datetime
) -> x509.Certificate:
    """For a unit, which it names; to log in with and for nothing else."""
    until = min(now + UNIT_LASTS, authority.certificate.not_valid_after_utc)
    plain = _holding(_named(unit), key, now - _SLACK, until)
    return _signed(_of_end(plain, ExtendedKeyUsageOID.CLIENT_AUTH), authority)


def of_console(
    authority: Authority, key: ec.EllipticCurvePublicKey, names: Iterable[str], now: datetime
) -> x509.Certificate:
    """For a unit's console, for phones that trust the authority.

    It names no unit, and lets nobody log in at the broker.
    """
    until = min(now + CONSOLE_LASTS, authority.certificate.not_valid_after_utc)
    plain = _holding(_named("Triporteur console"), key, now - _SLACK, until)
    end = _of_end(plain, ExtendedKeyUsageOID.SERVER_AUTH)
    return _signed(end.add_extension(alternatives(names), critical=False), authority)


def alternatives(names: Iterable[str]) -> x509.SubjectAlternativeName:
    """Host names and IP addresses, as a certificate has them."""
    return x509.SubjectAlternativeName([_alternative(name) for name in names])


_HASH = hashes.SHA256()
_CERTIFIES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
_LOGS_IN = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _holding(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _of_authority(plain: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    limits = x509.BasicConstraints(ca=True, path_length=path_length)
    return plain.add_extension(limits, critical=True).add_extension(_CERTIFIES, critical=True)


def _of_end(plain: x509.CertificateBuilder, use: x509.ObjectIdentifier) -> x509.CertificateBuilder:
    return (
        plain.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_LOGS_IN, critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    )


def _signed(plain: x509.CertificateBuilder, authority: Authority) -> x509.Certificate:
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    named = plain.issuer_name(authority.certificate.subject)
    return named.add_extension(by, critical=False).sign(authority.key, _HASH)
