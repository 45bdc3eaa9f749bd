"""The depot's own broker, secured as `triporteur-depot broker` secures it, on loopback.

    with SecuredBroker(folder) as broker:
        broker.start()
        ben = broker.enrol("ben")    # key, certificate, authorities: ben.directory is [identity]'s
        … host "localhost", port broker.units_port, tls by ben.context() …

The depot's processes log in on `broker.local_port`, as `depot` with `broker.depot_password()`, or
with `--config broker.depot_config`; `broker.depot_tables` are the tables of a `depot.toml` of your
own.
"""

import ssl
import subprocess
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from tests.rig import end, free_port, listens, ran, running, triporteur, wait_for
from triporteur_depot.__main__ import main as depot
from triporteur_depot.authority.broker import command
from triporteur_depot.authority.certificates import Key, new_key
from triporteur_depot.authority.known import note
from triporteur_depot.authority.registrar import certify
from triporteur_depot.authority.signing_requests import read
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.clock import utc_ms
from triporteur_depot.database import open_writer, transaction
from triporteur_device.identity.papers import read_papers
from triporteur_device.identity.store import Store
from triporteur_wire.enrolment import Bundle, decode_bundle
from triporteur_wire.requests import CertificateRequest, new_nonce

_MOSQUITTO = Path(__file__).parent.parent / "bin" / "mosquitto"
#: The broker's certificate holds for these.
NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Files:
    """What an enrolled unit keeps; `directory` is that of its [identity]."""

    directory: Path

    @property
    def key(self) -> Path:
        return self.directory / "current" / "key.pem"

    @property
    def certificate(self) -> Path:
        return self.directory / "current" / "certificate.pem"

    @property
    def authorities(self) -> Path:
        return self.directory / "current" / "authorities.pem"

    def question(self, key: Key) -> CertificateRequest:
        """Asks for a certificate of another key, as who holds this one."""
        pems = (self.key.read_bytes(), self.certificate.read_text(), self.authorities.read_text())
        papers = read_papers(*pems, "")
        csr = signing_request(papers.unit, key)
        unsigned = CertificateRequest(new_nonce(), csr, papers.serial)
        return replace(unsigned, signature=papers.sign(unsigned.signed))

    def context(self) -> ssl.SSLContext:
        """As strict as a verifier can be."""
        context = ssl.create_default_context(cafile=self.authorities)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
        context.load_cert_chain(self.certificate, self.key)
        return context


class SecuredBroker:
    """A broker and its authority; use as a context. It does not run before `start`."""

    def __init__(self, folder: Path, database: Path | None = None) -> None:
        self.folder = folder
        self.database = database or folder / "depot.db"
        self.directory = folder / "authority"
        # The broker, which is never root, must get to it: pytest's folders are closed.
        self.broker_folder = Path(mkdtemp(prefix="triporteur-broker-"))
        self.local_port, self.units_port, self.door_port = (free_port() for _ in range(3))
        self.depot_config = folder / "secured-depot.toml"
        self._process: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> "SecuredBroker":
        self.broker_folder.chmod(0o755)
        self.depot_config.write_text(f'[database]\npath = "{self.database}"\n{self.depot_tables}')
        self.command("broker")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        rmtree(self.broker_folder)

    @property
    def depot_tables(self) -> str:
        """The tables [mqtt] and [authority] of a `depot.toml`."""
        return f"""
[mqtt]
port = {self.local_port}
password_file = "{self.folder / "depot.password"}"
[authority]
directory = "{self.directory}"
broker_directory = "{self.broker_folder}"
names = ["{'", "'.join(NAMES)}"]
units_port = {self.units_port}
door_port = {self.door_port}
"""

    def start(self, *, plainly: bool = False) -> None:
        """Runs the broker; what it says goes to `broker.log`.

        Plainly: without the environment that it should have.
        """
        words = command(self.broker_folder)[2 if plainly else 0 :]
        program = tuple(str(_MOSQUITTO) if word == "mosquitto" else word for word in words)
        context = running(self.folder / "broker.log", program)
        self._process = self._stack.enter_context(context)
        ports = (self.local_port, self.units_port, self.door_port)
        wait_for(lambda: all(map(listens, ports)), "the broker listens")

    def stop(self) -> None:
        if self._process:
            end(self._process)

    def start_registrar(self) -> subprocess.Popen[bytes]:
        """The process that certifies; what it says goes to `registrar.log`."""
        log = self.folder / "registrar.log"
        program = (*triporteur("depot", "registrar"), "--config", str(self.depot_config))
        process = self._stack.enter_context(running(log, program))
        wait_for(lambda: "broker: connected" in log.read_text(), "the registrar is connected")
        return process

    def command(self, name: str, *arguments: str) -> str:
        """What `triporteur-depot NAME …` says; fails when it fails."""
        said = self.attempt(name, *arguments)
        assert said.returncode == 0, said.stderr
        return said.stdout

    def attempt(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same, for one that may fail."""
        return ran(depot, name, *arguments, "--config", str(self.depot_config))

    def depot_password(self) -> str:
        return (self.folder / "depot.password").read_text().strip()

    def enrol(self, unit: str) -> Files:
        """A unit of the fleet, without its having asked: its files, in a folder of its name."""
        key, vault = new_key(), Vault(self.directory)
        one = certify(vault, unit, read(signing_request(unit, key)), None, utc_ms())
        with closing(open_writer(self.database)) as connection, transaction(connection):
            note(vault, connection, one)
        return self.keep(unit, key, one.pem)

    def keep(self, unit: str, key: Key, certificate: str) -> Files:
        """The papers of a unit, in the folder of its identity."""
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        store = Store(self.folder / f"{unit}-identity")
        store.secure()
        store.install(read_papers(pem, certificate, trusted(self.directory), ""))
        return Files(store.directory)

    def bundle(self, unit: str, *options: str) -> Bundle:
        """What `triporteur-depot enrol` writes."""
        path = self.folder / f"{unit}.bundle"
        path.unlink(missing_ok=True)
        self.command("enrol", unit, "--out", str(path), *options)
        return decode_bundle(path.read_bytes())


def signing_request(unit: str, key: Key) -> str:
    """What a unit asks for a certificate with."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, unit)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
