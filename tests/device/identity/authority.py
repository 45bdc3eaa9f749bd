"""A small authority, able to issue what a good one never would: expired, early, for others."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from triporteur_device.identity.papers import Papers, new_key, read_papers, signing_request
from triporteur_wire.enrolment import Bundle
from triporteur_wire.requests import CertificateRequest, Certified

NOW = datetime.now(UTC).replace(microsecond=0)
NOW_MS = round(NOW.timestamp() * 1000)
DAY_MS = 86_400_000
#: An address, so that no name has to be resolved; `localhost` is then another host.
HOST = "127.0.0.1"
LOGIN = "enrol-" + "0123456789abcdef"
TOKEN = "5ec4e7" + "0" * 58


class Authority:
    """A root. Days count from now."""

    def __init__(self, name: str = "root") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.certificate = self._sign(self.name, self.key.public_key(), -3650, 3650, ca=True)

    @property
    def pem(self) -> str:
        return _pem(self.certificate)

    def unit(self, csr: str, *, name: str = "", since: float = -1, until: float = 400) -> str:
        """A certificate for the key of a signing request, named as it asks unless told."""
        asked = x509.load_pem_x509_csr(csr.encode())
        key = asked.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        return _pem(self._sign(_name(name) if name else asked.subject, key, since, until))

    def broker(self, *, since: float = -1, until: float = 400) -> tuple[str, str]:
        """A key and a certificate for HOST, PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._sign(_name("broker"), key.public_key(), since, until, host=HOST)
        text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return text.decode(), _pem(made)

    def vouch(self, other: "Authority") -> str:
        """The other authority's name and key, certified by this one."""
        return _pem(self._sign(other.name, other.key.public_key(), -3650, 3650, ca=True))

    def answer(
        self,
        request: CertificateRequest,
        authorities: str = "",
        *,
        name: str = "",
        since: float = -1,
        until: float = 400,
    ) -> Certified:
        """Grants what is asked, or near enough."""
        certificate = self.unit(request.csr, name=name, since=since, until=until)
        return Certified(request.nonce, certificate, authorities or self.pem)

    def papers(self, unit: str = "ben", *, since: float = -1, until: float = 400) -> Papers:
        """Papers of a unit that is enrolled."""
        key = new_key()
        certificate = self.unit(signing_request(key, unit), since=since, until=until)
        return read_papers(key, certificate, self.pem, LOGIN)

    def bundle(self, unit: str = "ben", *, port: int = 8884, login: str = LOGIN) -> Bundle:
        expires_utc_ms = NOW_MS + 7 * DAY_MS
        return Bundle(unit, HOST, 8883, port, login, TOKEN, expires_utc_ms, self.pem)

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        since: float,
        until: float,
        *,
        ca: bool = False,
        host: str = "",
    ) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + timedelta(days=since))
            .not_valid_after(NOW + timedelta(days=until))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if host:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
            made = made.add_extension(names, critical=False)
        return made.sign(self.key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
