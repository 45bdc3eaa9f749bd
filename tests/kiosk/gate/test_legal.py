"""The optional log of passes: only the key's holder reads it, and for a year."""

import base64
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from triporteur_depot.commands import legal
from triporteur_kiosk.gate.keeper.passes import NotYet, Pass, Phone
from triporteur_kiosk.gate.legal.journal import KEPT, BadCertificate, LegalLog, recipient
from triporteur_kiosk.gate.legal.recorded import Recorded

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHONE = Phone("d2:00:00:00:00:07", "10.77.0.17")
PASS = Pass(PHONE, "visitor1", 3600, 10_000_000)


class Sets:
    """The kernel's sets, as far as passes go."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.used: dict[str, int] = {}

    def beat(self, *, outward: bool, limit: int) -> Mapping[str, int]:
        return dict(self.used)

    def begin_anew(self) -> None:
        """Nothing of it is remembered."""

    def begin_day(self) -> None:
        """Nor of days."""

    def admit(self, one: Pass) -> None:
        self.held.add(one.name)

    def dismiss(self, one: Pass) -> None:
        self.held.discard(one.name)


class Office:
    """Who holds the key, and the unit that holds the certificate."""

    def __init__(self, folder: Path) -> None:
        self.key, self.certificate = folder / "legal.key", folder / "legal.pem"
        key = rsa.generate_private_key(65537, 2048)
        self.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.certificate.write_bytes(_certificate(key))
        self.folder = folder / "legal"
        self.now: datetime | None = NOON
        self.mono_ms = 0
        self.sets = Sets()
        self.log = LegalLog(self.folder, recipient(self.certificate))
        self.gate = Recorded(self.sets, self.log, lambda: self.now, lambda: self.mono_ms)

    def read(self, capsys: pytest.CaptureFixture[str]) -> list[str]:
        files = sorted(self.folder.glob("*.log"))
        capsys.readouterr()
        assert legal.run(files, self.key, self.certificate, "réquisition 12") == 0
        return capsys.readouterr().out.splitlines()

    def serve_for_nine_minutes(self) -> None:
        self.gate.admit(PASS)
        self.sets.used = {"visitor1": 1_234}
        self.gate.beat(outward=True, limit=9)
        self.now = NOON + timedelta(minutes=9)


def _certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "legal log")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(7)
    made = made.not_valid_before(NOON).not_valid_after(NOON + timedelta(days=9))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_pass_is_read_back_by_who_holds_the_key(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.serve_for_nine_minutes()
    office.gate.dismiss(PASS)
    begun = '"begun":"2026-11-22T12:00:00Z","mac":"d2:00:00:00:00:07","ip":"10.77.0.17"'
    assert office.read(capsys) == [
        f"{{{begun}}}",
        f'{{{begun},"ended":"2026-11-22T12:09:00Z","bytes":1234}}',
    ]
    assert "réquisition 12" in office.key.with_name("legal-access.log").read_text()


def test_what_the_kernel_lost_is_ended_when_it_was_lost(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is let in again has a new entry; the address may be another's by the gate's end."""
    office.serve_for_nine_minutes()
    office.gate.begin_anew()
    office.now = NOON + timedelta(hours=5)
    office.gate.close()
    (_, ended) = office.read(capsys)
    assert '"ended":"2026-11-22T12:09:00Z","bytes":1234' in ended


def test_nothing_on_the_card_can_be_read_without_it(office: Office) -> None:
    office.gate.admit(PASS)
    office.gate.dismiss(PASS)
    for path in office.folder.iterdir():
        assert b"10.77" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        for line in path.read_bytes().splitlines():
            assert PHONE.mac.encode() not in base64.b64decode(line)


def test_the_end_of_the_gate_ends_every_pass(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.gate.admit(PASS)
    office.gate.close()
    assert '"ended"' in office.read(capsys)[1]


def test_without_the_time_nobody_is_let_through(office: Office) -> None:
    office.now = None
    with pytest.raises(NotYet):
        office.gate.admit(PASS)
    assert office.sets.held == set()


def test_a_time_that_was_known_goes_on_when_nobody_vouches_for_it(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.gate.beat(outward=True, limit=0)
    office.now, office.mono_ms = None, 90_000
    office.gate.admit(PASS)
    assert '"begun":"2026-11-22T12:01:30Z"' in office.read(capsys)[0]


def test_days_older_than_a_year_are_erased_and_others_files_are_not(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    office.folder.mkdir()
    for name in ("2025-11-21.log", "2025-11-22.log", "notes.log", "2025-01-01.txt"):
        (office.folder / name).touch()
    office.gate.beat(outward=True, limit=9)
    assert sorted(path.name for path in office.folder.iterdir()) == [
        "2025-01-01.txt",
        "2025-11-22.log",
        "notes.log",
    ]
    assert "1 days older than a year" in caplog.text


def test_entries_wait_for_a_card_that_refuses(
    office: Office, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    office.folder.write_text("in the way")
    office.gate.admit(PASS)
    office.folder.unlink()
    office.gate.dismiss(PASS)
    assert len(office.read(capsys)) == 2
    assert caplog.text.count("cannot be written") == 1
    assert PHONE.mac not in caplog.text


def test_a_line_that_a_power_cut_left_unfinished_spoils_no_other(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.gate.admit(PASS)
    (path,) = office.folder.iterdir()
    path.write_bytes(path.read_bytes()[:-50])
    office.gate.dismiss(PASS)
    assert legal.run([path], office.key, office.certificate, "trial") == 1
    said = capsys.readouterr()
    assert '"ended"' in said.out
    assert f"{path}:1: cannot be opened" in said.err


def test_a_file_that_cannot_seal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "legal.pem"
    path.write_text("hello")
    with pytest.raises(BadCertificate, match="no certificate in PEM"):
        recipient(path)
    path.write_bytes(_certificate(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(BadCertificate, match="expected an RSA key"):
        recipient(path)


def test_the_guide_says_what_the_code_does() -> None:
    guide = (Path(__file__).parents[3] / "docs/legal-log.md").read_text(encoding="utf-8")
    for word in ("legal_log", "legal-access.log", "triporteur-depot legal", "openssl req -x509"):
        assert word in guide
    assert timedelta(days=365) == KEPT
