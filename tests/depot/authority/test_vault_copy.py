"""The authority in a sealed file: who opens it, and that units go on being let in."""

import shutil
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from tests.depot.authority.commanded import Depot
from tests.no_room import no_room
from tests.rig import wait_for
from tests.tls import Files, SecuredBroker
from triporteur_depot.authority.copied import copied
from triporteur_depot.authority.files import write_new
from triporteur_depot.authority.sealing import Sealed, opened, sealed, unpack

pytestmark = pytest.mark.slow

PASSPHRASE = "quatre mots tout simples"


@pytest.fixture
def passphrase(tmp_path: Path) -> list[str]:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\nnot a part of it\n")
    return ["--passphrase-file", str(path)]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sealed folder."""
    folder = tmp_path_factory.mktemp("one")
    (folder / "one").write_text("x")
    return sealed(folder, PASSPHRASE)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file, with its rights."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode & 0o777,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
        if path.name != "copied.json"
    }


def test_what_was_sealed_comes_back_with_its_rights(tmp_path: Path) -> None:
    folder, again = tmp_path / "authority", tmp_path / "again"
    (folder / "private").mkdir(parents=True, mode=0o700)
    (folder / "private" / "root.pem").write_text("a key")
    (folder / "private" / "root.pem").chmod(0o600)
    (folder / "authorities.pem").write_text("a certificate")
    again.mkdir()
    text = sealed(folder, PASSPHRASE)
    assert b"a key" not in text
    unpack(opened(text, PASSPHRASE), again)
    assert contents(again) == contents(folder)


@pytest.mark.parametrize("spoilt", [5, 40, -1], ids=["header", "salt", "seal"])
def test_a_file_of_which_one_bit_is_another_does_not_open(one: bytes, spoilt: int) -> None:
    text = bytearray(one)
    text[spoilt] ^= 1
    with pytest.raises(Sealed):
        opened(bytes(text), PASSPHRASE)


def test_another_passphrase_does_not_open_it(one: bytes) -> None:
    with pytest.raises(Sealed, match="passphrase is another"):
        opened(one, PASSPHRASE + " ")


def test_a_short_passphrase_is_refused(depot: Depot, tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_text("motdepasse\n")
    target = tmp_path / "sealed"
    said = depot.says("backup-authority", str(target), "--passphrase-file", str(short), status=2)
    assert "12 characters" in said
    assert not target.exists()


def test_a_file_that_is_there_is_not_replaced(
    depot: Depot, tmp_path: Path, passphrase: list[str]
) -> None:
    (tmp_path / "sealed").write_text("mine")
    said = depot.says("backup-authority", str(tmp_path / "sealed"), *passphrase, status=2)
    assert "is there already" in said
    assert (tmp_path / "sealed").read_text() == "mine"


def test_a_stick_that_is_full_keeps_no_half_of_a_sealed_authority(tmp_path: Path) -> None:
    sealed_file = tmp_path / "sealed"
    with no_room(), pytest.raises(OSError, match="File too large"):
        write_new(sealed_file, b"sealed")
    assert not sealed_file.exists()
    write_new(sealed_file, b"sealed")
    with pytest.raises(FileExistsError):
        write_new(sealed_file, b"another")
    assert sealed_file.read_bytes() == b"sealed"


def test_an_authority_that_is_there_is_not_replaced(
    depot: Depot, tmp_path: Path, passphrase: list[str]
) -> None:
    depot.says("backup-authority", str(tmp_path / "sealed"), *passphrase)
    assert "rename that folder" in depot.says(
        "restore-authority", str(tmp_path / "sealed"), *passphrase, status=2
    )


def test_that_it_was_put_away_is_known_until_there_is_another(
    depot: Depot, tmp_path: Path, passphrase: list[str]
) -> None:
    directory = tmp_path / "authority"
    assert copied(directory) is None
    depot.says("backup-authority", str(tmp_path / "sealed"), *passphrase)
    assert copied(directory)
    depot.says("rollover", "--authority")
    assert copied(directory) is None


def connects(broker: SecuredBroker, unit: str, files: Files) -> bool:
    """Whether the broker greets this unit."""
    greeted: list[bool] = []
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=unit, protocol=mqtt.MQTTv5)  # type: ignore[attr-defined]
    client.tls_set_context(files.context())
    client.on_connect = lambda _c, _d, _f, reason, _p: greeted.append(not reason.is_failure)
    client.connect("localhost", broker.units_port)
    client.loop_start()
    try:
        return wait_for(lambda: greeted, "the broker answers") == [True]
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.mark.slow
def test_a_lost_authority_comes_back_and_lets_in_whom_it_let_in_before(
    tmp_path: Path, passphrase: list[str]
) -> None:
    with SecuredBroker(tmp_path) as broker:
        ben = broker.enrol("ben")
        broker.enrol("panda")
        broker.command("revoke", "panda")
        broker.command("backup-authority", str(tmp_path / "sealed"), *passphrase)
        before = contents(broker.directory)
        shutil.rmtree(broker.directory)
        for file in broker.broker_folder.glob("*.pem"):
            file.unlink()
        assert (tmp_path / "sealed").stat().st_mode & 0o777 == 0o600
        broker.command("restore-authority", str(tmp_path / "sealed"), *passphrase)
        assert contents(broker.directory) == before
        assert copied(broker.directory)
        broker.command("broker")
        broker.start()
        assert connects(broker, "ben", ben)
        assert "ben is" in broker.attempt("enrol", "ben", "--out", str(tmp_path / "b")).stderr
