"""What lies on the boot partition is taken in, once; what cannot be used stays, and is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.architecture.tree import ROOT
from tests.device.firstboot.card import HOSTS, Card
from tests.device.identity.authority import Authority
from tests.device.updates.making import key, public
from tests.rig import wait_for
from tests.secured_road import SecuredRoad
from triporteur_device.config import load
from triporteur_device.firstboot.wiping import wipe
from triporteur_wire.enrolment import encode

NOBODY = 65534
#: In the form of a key.
MADE_UP = b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n"


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What this computer was called meanwhile: it keeps its own name."""
    names: list[str] = []
    monkeypatch.setattr("socket.sethostname", names.append)
    return names


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path)


@pytest.fixture
def configured(card: Card) -> Card:
    """A card of a unit that was named before."""
    card.places.config.parent.mkdir()
    card.places.config.write_text(card.configuration())
    return card


def test_a_bundle_and_a_configuration_name_the_unit(
    card: Card, authority: Authority, named: list[str]
) -> None:
    card.lay(encode(authority.bundle()))
    card.lay(card.configuration(), "unit.toml")
    assert card.run() == 0
    assert card.waiting() == authority.bundle()
    assert load(card.places.config).unit.name == "ben"
    assert card.places.hostname.read_text() == "triporteur-ben\n"
    assert card.places.hosts.read_text() == "127.0.0.1\tlocalhost\n127.0.1.1\ttriporteur-ben\n"
    assert named == ["triporteur-ben"]
    assert [path.name for path in card.boot.rglob("*") if path.is_file()] == ["triporteur-says.txt"]
    assert "ben: the bundle is in place" in card.word
    assert authority.bundle().token not in card.word


def test_a_second_run_changes_nothing(card: Card, authority: Authority) -> None:
    card.lay(encode(authority.bundle()))
    card.lay(card.configuration(), "unit.toml")
    assert card.run() == 0
    before = card.everything()
    assert card.run() == 0
    assert card.everything() == before


def test_what_stays_on_the_boot_partition_is_not_told_anew_at_every_start(card: Card) -> None:
    """It has no journal, and the computer starts from it."""
    card.lay(b"no configuration", "unit.toml")
    assert card.run() == 2
    told = card.boot / "firmware" / "triporteur-says.txt"
    before = told.stat()
    assert card.run() == 2
    assert (told.stat().st_ino, told.stat().st_ctime_ns) == (before.st_ino, before.st_ctime_ns)


def test_where_nothing_was_laid_nothing_is_done(
    card: Card, capsys: pytest.CaptureFixture[str]
) -> None:
    before = card.everything()
    assert card.run() == 0
    assert card.everything() == before
    assert "nothing lies on the boot partition" in capsys.readouterr().out


def test_a_bundle_alone_makes_a_configuration(card: Card, authority: Authority) -> None:
    """Its folders are the real ones: what the agent would do there is not done here."""
    card.lay(encode(authority.bundle("panda")))
    from triporteur_device.firstboot import take

    take(card.places)
    config = load(card.places.config)
    assert (config.unit.name, config.mqtt.host, config.mqtt.port) == ("panda", "127.0.0.1", 8883)
    assert config.mqtt.tls
    assert config.sources == ()


def test_a_configuration_that_is_there_stays_when_only_a_bundle_comes(
    card: Card, authority: Authority
) -> None:
    card.places.config.parent.mkdir()
    card.places.config.write_text(card.configuration())
    card.lay(encode(authority.bundle()))
    assert card.run() == 0
    assert card.places.config.read_text() == card.configuration()
    assert card.waiting() == authority.bundle()


def test_another_configuration_takes_the_place_of_the_first_which_is_kept(card: Card) -> None:
    card.places.config.parent.mkdir()
    card.places.config.write_text(card.configuration(host="192.0.2.1"))
    card.lay(card.configuration(), "unit.toml")
    assert card.run() == 0
    assert card.places.config.read_text() == card.configuration()
    before = card.places.config.with_name("unit.toml.before")
    assert before.read_text() == card.configuration(host="192.0.2.1")


def test_a_configuration_with_faults_is_left_and_all_of_them_are_told(card: Card) -> None:
    laid = card.lay("[unit]\nname = 'Ben!'\n[mqtt]\nport = 0\n", "unit.toml")
    assert card.run() == 2
    assert laid.exists()
    assert not card.places.config.exists()
    assert card.places.hostname.read_text() == "raspberrypi\n"
    assert "[unit] name" in card.word
    assert "[mqtt] port" in card.word


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 200_000])
def test_what_is_no_bundle_is_left(card: Card, content: bytes) -> None:
    laid = card.lay(content)
    assert card.run() == 2
    assert laid.read_bytes() == content
    assert "this is no enrolment bundle" in card.word


def test_two_bundles_are_refused(card: Card, authority: Authority) -> None:
    card.lay(encode(authority.bundle()))
    card.lay(encode(authority.bundle("panda")), "triporteur-bundle.txt")
    assert card.run() == 2
    assert "leave one there" in card.word


def test_a_bundle_and_a_configuration_of_two_units_are_refused(
    card: Card, authority: Authority
) -> None:
    laid = card.lay(encode(authority.bundle("panda")))
    card.lay(card.configuration(), "unit.toml")
    assert card.run() == 2
    assert laid.exists()
    assert not card.places.config.exists()
    assert "these are of two units" in card.word


def test_a_bundle_for_another_unit_than_this_one_is_left(card: Card, authority: Authority) -> None:
    card.places.config.parent.mkdir()
    card.places.config.write_text(card.configuration())
    laid = card.lay(encode(authority.bundle("panda")))
    assert card.run() == 2
    assert laid.exists()
    assert "for the unit 'panda'" in card.word


def test_a_partition_that_has_two_names_is_one(card: Card, authority: Authority) -> None:
    card.lay(encode(authority.bundle()))
    card.lay(card.configuration(), "unit.toml")
    (card.boot / "linked").symlink_to(card.boot / "firmware")
    places = card.places
    object.__setattr__(places, "boot", (card.boot / "firmware", card.boot / "linked"))
    assert card.run() == 0


def test_the_key_of_updates_is_taken_once(configured: Card) -> None:
    ours, theirs = public(key()), public(Ed25519PrivateKey.generate())
    kept = configured.places.config.with_name("updates.pub")
    laid = configured.lay(ours, "updates.pub")
    assert configured.run() == 0
    assert kept.read_bytes() == ours
    assert not laid.exists()
    configured.lay(theirs, "updates.pub")
    assert configured.run() == 0
    assert kept.read_bytes() == ours
    assert laid.read_bytes() == theirs
    assert "was not used" in configured.word


def test_the_same_key_again_goes_without_a_word(configured: Card) -> None:
    for _ in range(2):
        laid = configured.lay(public(key()), "updates.pub")
        assert configured.run() == 0
        assert not laid.exists()
    assert configured.word == ""


@pytest.mark.parametrize("content", [b"garbage", b"", b"-----BEGIN PUBLIC KEY-----", MADE_UP])
def test_what_is_no_key_is_left_and_told(configured: Card, content: bytes) -> None:
    laid = configured.lay(content, "updates.pub")
    assert configured.run() == 2
    assert laid.read_bytes() == content
    assert not configured.places.config.with_name("updates.pub").exists()
    assert "public key" in configured.word


def test_a_key_takes_the_place_of_what_is_none(configured: Card) -> None:
    kept = configured.places.config.with_name("updates.pub")
    kept.write_text("garbage")
    configured.lay(public(key()), "updates.pub")
    assert configured.run() == 0
    assert kept.read_bytes() == public(key())


# The power


@pytest.mark.slow
def test_a_cut_at_any_line_is_made_good_at_the_next_boot(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.device.firstboot.cuts", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    seen = json.loads(done.stdout)
    assert len(seen) > 100
    hosts = HOSTS.replace("raspberrypi", "triporteur-ben")
    assert {str(one) for one in seen} == {str([0, "triporteur-ben\n", hosts, True, True, []])}


@pytest.mark.parametrize("left", [slice(0), slice(512, None), slice(512)])
def test_a_bundle_whose_wiping_was_cut_is_wiped(
    configured: Card, authority: Authority, left: slice
) -> None:
    """Zeros reach the disk sector by sector, in whatever order."""
    text = encode(authority.bundle())
    cut = bytearray(len(text))
    cut[left] = text[left]
    laid = configured.lay(bytes(cut))
    assert configured.run() == 0
    assert not laid.exists()
    assert "if this unit is not enrolled, copy it there again" in configured.word


def test_a_wiped_bundle_is_not_in_the_way_of_another(
    configured: Card, authority: Authority
) -> None:
    configured.lay(bytes(2000))
    configured.lay(encode(authority.bundle()), "triporteur-bundle.txt")
    assert configured.run() == 0
    assert configured.waiting() == authority.bundle()


def test_a_name_that_the_computer_has_already_stays_with_its_others(configured: Card) -> None:
    hosts = "127.0.1.1 triporteur-ben.example triporteur-ben\n"
    configured.places.hosts.write_text(hosts)
    configured.places.hostname.write_text("triporteur-ben\n")
    configured.lay(configured.configuration(), "unit.toml")
    assert configured.run() == 0
    assert configured.places.hosts.read_text() == hosts


def test_what_is_wiped_is_zeros_before_it_goes(tmp_path: Path) -> None:
    path, witness = tmp_path / "bundle", tmp_path / "witness"
    path.write_bytes(b"a secret" * 100)
    witness.hardlink_to(path)
    wipe(path)
    assert not path.exists()
    assert witness.read_bytes() == bytes(800)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for another user")
def test_what_root_takes_in_belongs_to_the_agent(card: Card, authority: Authority) -> None:
    for folder in (card.folder, *card.folder.parents[:-2]):
        folder.chmod(0o755)
    card.state.mkdir()
    os.chown(card.state, NOBODY, NOBODY)
    laid = card.lay(encode(authority.bundle()))
    laid.chmod(0o600)
    card.lay(card.configuration(), "unit.toml")
    assert card.run() == 0
    made = [card.state / "identity", *(card.state / "identity").iterdir()]
    assert {path.stat().st_uid for path in made} == {NOBODY}
    assert not laid.exists()


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a card")
def test_of_a_real_partition_the_secret_is_gone(tmp_path: Path, authority: Authority) -> None:
    """A file system in a file: what the kernel wrote to it. FAT, too, overwrites in place."""
    image = tmp_path / "partition"
    with image.open("wb") as file:
        file.truncate(16_000_000)
    subprocess.run(["mkfs.ext4", "-q", image], check=True, capture_output=True)
    card = Card(tmp_path / "card")
    subprocess.run(["mount", "-o", "loop", image, card.boot / "firmware"], check=True)
    try:
        card.lay(encode(authority.bundle()))
        card.lay(card.configuration(), "unit.toml")
        os.sync()
        assert authority.bundle().token.encode() in image.read_bytes()
        assert card.run() == 0
    finally:
        subprocess.run(["umount", card.boot / "firmware"], check=True)
    assert authority.bundle().token.encode() not in image.read_bytes()


@pytest.mark.slow
def test_a_unit_that_was_named_so_comes_in_at_its_depot(tmp_path: Path) -> None:
    with SecuredRoad(tmp_path) as road:
        road.start_broker()
        road.broker.start_registrar()
        road.start_depot()
        card = Card(tmp_path / "card")
        unit = road.unit_config("ben")
        road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        agent = road.start_unit("ben", "jbd")
        wait_for(lambda: "not enrolled" in road.log("ben"), "ben is nobody yet")
        card.lay(unit.read_text(), "unit.toml")
        card.lay(encode(road.broker.bundle("ben")))
        assert card.run() == 0
        wait_for(lambda: road.records("ben"), "the depot has ben's records")
        assert agent.poll() is None
