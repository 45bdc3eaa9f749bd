"""`triporteur-device enrol`: what the person in the workshop reads."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from tests.device.identity.authority import DAY_MS, NOW_MS, Authority
from tests.nobody import closed, for_everybody, nobody
from tests.rig import free_port, triporteur
from tests.tls import SecuredBroker
from triporteur_device.__main__ import main
from triporteur_device.identity import Identity
from triporteur_wire.enrolment import Bundle, encode

NOBODY = 65534
IN_PLACE = "ben: the bundle is in place. The running agent goes to the depot with it by itself.\n"


class Workshop:
    """A unit's configuration and a stick with a bundle, in one folder."""

    def __init__(self, folder: Path, unit: str = "ben") -> None:
        self.unit = unit
        self.directory = folder / "state" / "identity"
        self.config = folder / "unit.toml"
        self.file = folder / "stick.bundle"
        self.configure()

    def configure(self, host: str = "127.0.0.1", port: int = 8883, more: str = "") -> None:
        self.config.write_text(
            f"""
[unit]
name = "{self.unit}"
[mqtt]
host = "{host}"
port = {port}
{more}
[identity]
directory = "{self.directory}"
[clock]
trust = "system"
"""
        )

    def carry(self, bundle: Bundle) -> None:
        self.file.write_bytes(encode(bundle))

    def command(self, *options: str) -> list[str]:
        return ["enrol", str(self.file), "--config", str(self.config), *options]

    @property
    def identity(self) -> Identity:
        return Identity(self.directory, self.unit)


@pytest.fixture
def workshop(tmp_path: Path, authority: Authority) -> Workshop:
    made = Workshop(tmp_path)
    made.carry(authority.bundle())
    return made


def test_a_bundle_is_put_in_place_and_what_happens_next_is_said(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], authority: Authority
) -> None:
    assert main(workshop.command()) == 0
    assert capsys.readouterr() == (IN_PLACE, "")
    assert workshop.identity.bundle() == authority.bundle()


def test_a_second_run_changes_nothing(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(workshop.command()) == 0
    key = workshop.identity.store.bundle_key()
    capsys.readouterr()
    assert main(workshop.command()) == 0
    assert "this bundle is already in place" in capsys.readouterr().out
    assert workshop.identity.store.bundle_key() == key


def test_the_bundle_that_let_the_unit_in_is_not_used_again(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], authority: Authority
) -> None:
    workshop.identity.store.install(authority.papers())
    assert main(workshop.command("--now")) == 0
    assert "ben is enrolled, with a certificate until 20" in capsys.readouterr().out
    assert not workshop.identity.pending


def test_a_new_bundle_for_an_enrolled_unit_leaves_its_papers_in_use(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], authority: Authority
) -> None:
    papers = authority.papers()
    workshop.identity.store.install(papers)
    workshop.carry(authority.bundle(login="enrol-" + "f" * 16))
    assert main(workshop.command()) == 0
    assert "It stays in use until the new one is there." in capsys.readouterr().out
    assert workshop.identity.papers == papers
    assert workshop.identity.pending


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        (Authority().bundle("panda"), "for the unit 'panda', but unit.toml names this one 'ben'"),
        (
            msgspec.structs.replace(Authority().bundle(), expires_utc_ms=NOW_MS - DAY_MS),
            "ask the depot for a new one",
        ),
    ],
    ids=["another unit's", "expired"],
)
def test_a_bundle_that_would_not_do_is_refused_with_a_reason(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], bundle: Bundle, words: str
) -> None:
    workshop.carry(bundle)
    assert main(workshop.command()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{workshop.file}: ")
    assert words in err
    assert not workshop.directory.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 200_000])
def test_another_file_is_refused(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    workshop.file.write_bytes(content)
    assert main(workshop.command()) == 2
    assert "this is no enrolment bundle, or a damaged one" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.file.unlink()
    assert main(workshop.command()) == 1
    assert f"No such file or directory: '{workshop.file}'" in capsys.readouterr().err


def test_a_configuration_that_leads_elsewhere_is_told(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.configure("other.example", 1883, "tls = false")
    assert main(workshop.command()) == 0
    out, err = capsys.readouterr()
    assert out == IN_PLACE
    assert "[mqtt] tls = false: the agent uses no certificate" in err
    assert "leads to other.example:1883" in err
    assert "listens at 127.0.0.1:8883: correct [mqtt]" in err


def test_without_a_depot_the_bundle_stays_and_the_status_is_1(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], authority: Authority
) -> None:
    workshop.carry(authority.bundle(port=free_port()))
    assert main(workshop.command("--now")) == 1
    err = capsys.readouterr().err
    assert "cannot be reached (Connection refused)" in err
    assert "the running agent goes on trying" in err
    assert workshop.identity.pending


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")
def test_what_root_puts_in_place_belongs_to_the_agent(authority: Authority) -> None:
    with TemporaryDirectory() as named:
        folder = Path(named)
        folder.chmod(0o755)
        workshop = Workshop(folder)
        workshop.carry(authority.bundle())
        workshop.file.chmod(0o600)  # root's alone
        workshop.directory.parent.mkdir()
        os.chown(workshop.directory.parent, NOBODY, NOBODY)
        subprocess.run([*triporteur("device", "enrol"), *workshop.command()[1:]], check=True)
        made = [workshop.directory, *workshop.directory.iterdir()]
        assert workshop.directory / "bundle.json" in made
        assert {path.stat().st_uid for path in made} == {NOBODY}


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path_factory.mktemp("depot")) as made:
        made.start()
        made.start_registrar()
        yield made


@pytest.mark.slow
def test_now_enrols_and_says_so(
    workshop: Workshop, depot: SecuredBroker, capsys: pytest.CaptureFixture[str]
) -> None:
    workshop.configure("localhost", depot.units_port)
    workshop.carry(depot.bundle("ben"))
    assert main(workshop.command("--now")) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].startswith("ben is enrolled, with a certificate until 20")
    assert err == ""
    assert main(workshop.command("--now")) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.slow
def test_now_with_a_used_bundle_says_what_the_depot_says(
    workshop: Workshop, depot: SecuredBroker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other").mkdir()
    other = Workshop(tmp_path / "other", "panda")
    for each in (other, workshop):
        each.unit = "panda"
        each.configure("localhost", depot.units_port)
    bundle = depot.bundle("panda")
    other.carry(bundle)
    workshop.carry(bundle)
    assert main(other.command("--now")) == 0
    capsys.readouterr()
    assert main(workshop.command("--now")) == 1
    err = capsys.readouterr().err
    assert "panda: the depot refuses: This bundle was used already." in err
    assert bundle.token not in err


def test_a_forgotten_sudo_is_told_in_a_sentence(
    authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    with for_everybody() as folder:
        workshop = Workshop(folder)
        workshop.carry(authority.bundle())
        assert main(workshop.command()) == 0
        capsys.readouterr()
        with closed(folder / "state"), nobody():
            assert main(workshop.command()) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"triporteur-device: this user may not use {folder}/state")
    assert line.endswith(": run this as root (sudo)")
