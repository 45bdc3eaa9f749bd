"""The authority's folder.

    authorities.pem        what units trust, the one that signs first; this file decides which count
    crl-<id>.pem           what no longer holds, of each authority
    issued/                what was certified
    barred                 who was shut out
    private/root-<id>.pem  an authority's key, its certificate and, when another one was before it,
                           the certificate that this one gave it
    private/broker.pem     the broker's key, and its certificate with what leads to an authority
    private/registrar.password
    registrar.lock         held by the registrar that runs

A key and its certificates are one file, replaced as one.
"""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from triporteur_depot.authority.certificates import (
    Authority,
    Key,
    alternatives,
    cross_signed,
    new_authority,
    new_key,
    of_broker,
)
from triporteur_depot.authority.files import PUBLIC, make_folder, write
from triporteur_depot.authority.revocations import next_list, serials
from triporteur_depot.authority.trusted import AUTHORITIES, trusted

#: The broker's certificate is renewed in its last year.
_RENEWED_BEFORE = timedelta(days=365)


class Damaged(RuntimeError):
    """The folder lacks what it should hold; the sentence says what."""


class Vault:
    """Reads and writes the folder. Every method may raise OSError, or Damaged."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.private = directory / "private"
        self.issued = directory / "issued"
        self.registrar_lock = directory / "registrar.lock"

    def authorities(self) -> list[Authority]:
        """Every authority that counts, the one that signs first; none before the first `found`."""
        text = trusted(self.directory)
        roots = x509.load_pem_x509_certificates(text.encode()) if text else []
        return [self._authority(root) for root in roots]

    def found(self, now: datetime) -> None:
        """Makes the first authority."""
        make_folder(self.directory)
        make_folder(self.private, 0o700)
        self._publish([self._keep(new_authority(now))])

    def succeed(self, now: datetime) -> None:
        """Makes another authority, which signs from now on; units trust both."""
        [older] = self.authorities()
        self._publish([self._keep(cross_signed(new_authority(now), older)), older])

    def forget_older(self) -> None:
        """Only the authority that signs is left, and no trace of any other's key."""
        signs, *_ = self.authorities()
        self._publish([signs])
        self._keep(Authority(signs.key, signs.certificate))
        for path in self.left_over():
            path.unlink()

    def left_over(self) -> list[Path]:
        """Files of authorities that count no more, where forgetting them was cut short."""
        count = {each.id for each in self.authorities()}
        files = [*self.private.glob("root-*.pem"), *self.directory.glob("crl-*.pem")]
        return [path for path in files if path.stem.partition("-")[2] not in count]

    def broker_pem(self, names: tuple[str, ...], now: datetime, *, anew: bool = False) -> bytes:
        """The broker's key and certificates; made when there are none that will do."""
        path, signs = self.private / "broker.pem", self.authorities()[0]
        if anew or not path.is_file() or not _will_do(path.read_bytes(), signs, names, now):
            key = new_key()
            write(path, _pem(key, of_broker(signs, key, names, now), signs.cross))
        return path.read_bytes()

    def broker_due(self, now: datetime) -> datetime | None:
        """When the broker's certificate ends, if that is so soon that it should be made anew."""
        _, [certificate, *_] = _read((self.private / "broker.pem").read_bytes())
        until = certificate.not_valid_after_utc
        return until if until - now <= _RENEWED_BEFORE else None

    def revoke(self, authority: Authority, revoked: set[int]) -> bytes:
        """The list of what no longer holds, `revoked` added to what it named before."""
        path = self._list(authority.id)
        before = x509.load_pem_x509_crl(path.read_bytes()) if path.is_file() else None
        after = next_list(authority, before, revoked)
        if after is not before:
            write(path, after.public_bytes(Encoding.PEM), PUBLIC)
        return path.read_bytes()

    def revoked(self) -> frozenset[int]:
        """The serial numbers that any of the lists names."""
        lists = [path.read_bytes() for path in self.directory.glob("crl-*.pem")]
        return frozenset().union(*(serials(x509.load_pem_x509_crl(each)) for each in lists))

    def _root(self, name: str) -> Path:
        return self.private / f"root-{name}.pem"

    def _list(self, name: str) -> Path:
        return self.directory / f"crl-{name}.pem"

    def _keep(self, authority: Authority) -> Authority:
        content = _pem(authority.key, authority.certificate, authority.cross)
        write(self._root(authority.id), content)
        return authority

    def _publish(self, authorities: list[Authority]) -> None:
        content = b"".join(each.certificate.public_bytes(Encoding.PEM) for each in authorities)
        write(self.directory / AUTHORITIES, content, PUBLIC)

    def _authority(self, root: x509.Certificate) -> Authority:
        identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        path = self._root(identifier.value.digest.hex()[:16])
        try:
            key, [certificate, *crosses] = _read(path.read_bytes())
        except (FileNotFoundError, ValueError) as error:
            raise Damaged(
                f"the authority's key {path} is missing or damaged; put it back from a backup"
            ) from error
        return Authority(key, certificate, *crosses)


def _pem(key: Key, *certificates: x509.Certificate | None) -> bytes:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = [each.public_bytes(Encoding.PEM) for each in certificates if each]
    return private + b"".join(public)


def _read(pem: bytes) -> tuple[Key, list[x509.Certificate]]:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("no key on an elliptic curve")  # noqa: TRY004 - a file is no argument
    return key, x509.load_pem_x509_certificates(pem)


def _will_do(pem: bytes, signs: Authority, names: tuple[str, ...], now: datetime) -> bool:
    try:
        _, [certificate, *crosses] = _read(pem)
    except ValueError:
        return False
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        certificate.issuer == signs.certificate.subject
        and crosses == ([signs.cross] if signs.cross else [])
        and said == alternatives(names)
        and certificate.not_valid_after_utc - now > _RENEWED_BEFORE
    )
