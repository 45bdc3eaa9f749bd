"""A registrar in the test's hand: an authority, a database, and a clock."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from tests.depot.fresh import fresh_writer
from tests.tls import signing_request
from triporteur_depot.authority import bundles, membership
from triporteur_depot.authority.barred import bar
from triporteur_depot.authority.certificates import Key, new_key
from triporteur_depot.authority.registrar import Registrar
from triporteur_depot.authority.vault import Vault
from triporteur_depot.database import open_writer
from triporteur_wire.requests import CertificateRequest, Certified, Refused

DAY_MS = 86_400_000
NONCE = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Held:
    """What a unit proves with who it is."""

    key: Key
    serial: str

    def prove(self, question: CertificateRequest) -> CertificateRequest:
        signature = self.key.sign(question.signed, ec.ECDSA(hashes.SHA256())).hex()
        return replace(question, serial=self.serial, signature=signature)


class Counter:
    """Where units ask. `now_ms` is what the depot's clock says."""

    def __init__(self, folder: Path, *, founded: bool = False) -> None:
        self.held: dict[str, Held] = {}
        self.now_ms = 1_800_000_000_000
        self.vault = Vault(folder / "authority")
        if not founded:
            self.vault.found(self.now)
        self.database = folder / "depot.db"
        self.connection: sqlite3.Connection = fresh_writer(self.database)
        database = partial(open_writer, self.database)
        self.registrar = Registrar(self.vault, database, lambda: self.now_ms)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms // 1000, UTC)

    def bundle(self, unit: str, days: int = 30) -> str:
        """What a newcomer logs in as."""
        return bundles.make(self.connection, unit, "a hash", self.now_ms, days).login

    def revoke(self, unit: str) -> int:
        bar(self.vault.directory, unit)
        return membership.expel(self.connection, unit, self.now_ms)

    def forget(self) -> None:
        """The database is lost."""
        self.connection.close()
        for path in self.database.parent.glob(f"{self.database.name}*"):
            path.unlink()
        self.connection = open_writer(self.database)

    def enrol(self, unit: str, key: Key | None = None) -> x509.Certificate:
        """A unit that came in with a bundle; it signs with that key when it asks again."""
        key = key or new_key()
        made = self.certified(self.bundle(unit), unit, key)
        self.held[unit] = Held(key, f"{made.serial_number:x}")
        return made

    def ask(self, asker: str, unit: str, key: Key | None = None) -> Certified | Refused:
        return self.ask_with(asker, signing_request(unit, key or new_key()))

    def ask_with(self, asker: str, csr: str) -> Certified | Refused:
        held = self.held.get(asker)
        question = CertificateRequest(NONCE, csr)
        return self.registrar.answer(asker, held.prove(question) if held else question)

    def certified(self, asker: str, unit: str, key: Key | None = None) -> x509.Certificate:
        """What is certified; fails when it is refused."""
        answer = self.ask(asker, unit, key)
        assert isinstance(answer, Certified), answer
        return x509.load_pem_x509_certificate(answer.certificate.encode())

    def refused(self, asker: str, unit: str, key: Key | None = None) -> str:
        """Why it is refused; fails when it is certified."""
        answer = self.ask(asker, unit, key)
        assert isinstance(answer, Refused), answer
        return answer.reason
