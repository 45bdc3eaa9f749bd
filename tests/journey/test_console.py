"""The console's certificate, from the key that it makes to the phone that takes it."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from socket import create_connection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.depot.authority.caller import is_refused
from tests.kiosk.access.trike import HOST
from tests.rig import free_port, triporteur, wait_for
from tests.secured_road import SecuredRoad
from triporteur_depot.authority.certificates import Authority, new_authority, of_console
from triporteur_depot.authority.signing_requests import read_console

pytestmark = pytest.mark.slow

NAME = "ben.triporteur.internal"


class ConsoleRoad(SecuredRoad):
    """With a console beside the agent of `ben`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.console_port = free_port()

    def start_console(self, name: str = "console") -> None:
        config = self.folder / f"{name}.toml"
        config.write_text(
            self.unit_config("ben").read_text()
            + f"""
[console]
listen = "{HOST}:{self.console_port}"
directory = "{self.folder}/ben-console"
pushed = "{self.folder}/ben/content/console.json"
"""
        )
        self.console_folder("ben").mkdir(exist_ok=True)
        self.start(name, *triporteur("kiosk", "console"), "--config", str(config))

    def context(self) -> ssl.SSLContext:
        """A phone's, with the file that the depot gives for phones."""
        made = ssl.create_default_context(
            cadata=(self.folder / "phones/triporteur.crt").read_bytes()
        )
        made.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
        return made

    def shown(self, context: ssl.SSLContext) -> x509.Certificate | None:
        """The certificate that a phone is shown, and takes; None while it takes none."""
        try:
            with (
                create_connection((HOST, self.console_port), timeout=60) as line,
                context.wrap_socket(line, server_hostname=NAME) as secured,
            ):
                der = secured.getpeercert(binary_form=True)
        except OSError:
            return None
        assert der
        return x509.load_der_x509_certificate(der)


@pytest.fixture
def road(tmp_path: Path) -> Iterator[ConsoleRoad]:
    with ConsoleRoad(tmp_path) as made:
        made.start_broker()
        made.start_depot()
        made.broker.start_registrar()
        made.start_simulator("ben", "--trike", "on-site")
        made.start_unit("ben", "jbd")
        made.enrol("ben")
        (tmp_path / "phones").mkdir()
        made.broker.command("console", "authority", str(tmp_path / "phones"))
        yield made


def test_a_phone_that_trusts_the_depot_takes_what_the_depot_certified(road: ConsoleRoad) -> None:
    road.start_console()
    made = wait_for(lambda: road.shown(road.context()), "the console shows a certificate")
    assert made
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName(NAME)]
    _is_nobody_at_the_broker(road)
    line = HTTPSConnection(NAME, road.console_port, context=ssl._create_unverified_context())
    line._create_connection = lambda *_: create_connection((HOST, road.console_port))  # type: ignore[attr-defined]
    line.request("GET", "/", headers={"Host": f"{NAME}:{road.console_port}"})
    answer = line.getresponse()
    assert (answer.status, "Jumeler ce téléphone" in answer.read().decode()) == (403, True)
    line.close()
    for said in (road.log("ben"), road.log("console")):
        assert "PRIVATE KEY" not in said


def _is_nobody_at_the_broker(road: ConsoleRoad) -> None:
    """The console's key and certificate open no door there, as client of whatever name."""
    thief = ssl.create_default_context(cafile=road.identity("ben") / "current/authorities.pem")
    folder = road.folder / "ben-console"
    thief.load_cert_chain(folder / "depot.pem", folder / "key.pem")
    assert is_refused(road.broker.units_port, thief)


def test_what_a_public_authority_certified_is_installed_from_the_depot(road: ConsoleRoad) -> None:
    public = new_authority(datetime.now(UTC))
    trusting = ssl.create_default_context(cadata=_pem(public.certificate))
    road.start_console()
    wait_for(lambda: road.shown(road.context()), "the console shows a certificate")
    wait_for(lambda: road.is_heard("ben"), "the depot has ben's status")
    csr = road.broker.command("console", "csr", "ben")
    chain = road.folder / "chain.pem"
    for bad, words in (
        (_certified(public, csr, ago=timedelta(days=500)), "ends on"),
        (_certified(public, csr, name="zoe.triporteur.internal"), "the console is called"),
        (_pem(public.certificate), "of another key"),
        ("-----BEGIN PRIVATE KEY-----", "holds a private key"),
        ("hello", "no certificates in PEM"),
    ):
        chain.write_text(bad)
        said = road.broker.attempt("console", "install", "ben", str(chain))
        assert said.returncode == 2
        assert words in said.stderr
    chain.write_text(_certified(public, csr) + _pem(public.certificate))
    said = road.broker.attempt("console", "install", "ben", str(chain), "--wait", "100")
    assert said.stdout == "ben: content/console, revision 1, in use\n"
    wait_for(lambda: road.shown(trusting), "phones see it without a restart")
    road.broker.command("content", "withdraw", "console", "ben")
    wait_for(lambda: road.shown(road.context()), "phones see the depot's again")


def _certified(
    authority: Authority, csr: str, name: str = NAME, ago: timedelta = timedelta()
) -> str:
    now = datetime.now(UTC) - ago
    return _pem(of_console(authority, read_console(csr).key, [name], now))


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def test_without_a_console_that_asked_there_is_nothing_to_install(road: ConsoleRoad) -> None:
    said: subprocess.CompletedProcess[str] = road.broker.attempt("console", "csr", "ben")
    assert said.returncode == 2
    assert "the console of ben has not asked yet" in said.stderr
