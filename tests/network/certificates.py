"""An authority that the lab's phones trust, and a certificate for names."""

import ssl
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_LONG = timedelta(days=30)


class Authority:
    """`trust` is what a phone has, `server` what a site of these names has."""

    def __init__(self, names: Iterable[str]) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Authority of a test")
        self._certificate = self._signed(self._name, self._key, [], authority=True)
        self.pem = self._certificate.public_bytes(Encoding.PEM)
        self.der = self._certificate.public_bytes(Encoding.DER)
        self.trust = ssl.create_default_context(cadata=self.pem.decode())
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            self.server.load_cert_chain(*self.issue(Path(folder), *names))

    def issue(self, folder: Path, *names: str) -> tuple[Path, Path]:
        """Writes a chain and its key, and gives where they are."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(_name(names[0]), key, names, authority=False)
        chain, secret = folder / "certificate.pem", folder / "key.pem"
        chain.write_bytes(certificate.public_bytes(Encoding.PEM) + self.pem)
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return chain, secret

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        names: Iterable[str],
        *,
        authority: bool,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _LONG)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        alternatives = [x509.DNSName(name) for name in names]
        if alternatives:
            extension = x509.SubjectAlternativeName(alternatives)
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
