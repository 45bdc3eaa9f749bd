"""The kiosk's part of unit.toml: good as it is, or every fault at once."""

from pathlib import Path

import pytest

from triporteur_device.config import JournalTable, SnapshotTable
from triporteur_kiosk.config import Listen, PortalTable, load
from triporteur_kiosk.config import SnapshotTable as KioskSnapshotTable
from triporteur_wire.configuration import BadConfiguration

UNIT = '[unit]\nname = "bordeaux-1"\n'


def written(directory: Path, text: str) -> Path:
    path = directory / "unit.toml"
    path.write_text(text)
    return path


def test_a_unit_needs_only_its_name(tmp_path: Path) -> None:
    config = load(written(tmp_path, UNIT))
    assert config.portal == Listen("127.0.0.1", 8080)
    assert config.portal_address == "127.0.0.1:8080"
    assert config.console == Listen("127.0.0.1", 8443)
    assert config.console_url == "https://bordeaux-1.triporteur.internal:8443/"
    assert config.journal_path == Path("/var/lib/triporteur-kiosk/kiosk.journal")
    assert config.ack_path == Path("/run/triporteur/ack.json")


def test_agent_and_kiosk_meet_at_the_same_snapshot() -> None:
    assert KioskSnapshotTable() == KioskSnapshotTable(SnapshotTable().path)


def test_the_agent_delivers_the_journal_that_the_portal_writes() -> None:
    assert PortalTable().journal == JournalTable().kiosk


def test_everything_may_be_said(tmp_path: Path) -> None:
    config = load(
        written(
            tmp_path,
            '[portal]\nlisten = "0.0.0.0:80"\naddress = "triporteur.lan"\ncontent = "c.toml"\n'
            '[console]\nlisten = "[::1]:9000"\n[snapshot]\npath = "/run/s.json"\n'
            '[unit]\nname = "laval-2"\nplace = "Laval"\n[[source]]\nname = "batterie"\n',
        )
    )
    assert config.portal_address == "triporteur.lan"
    assert str(config.console) == "[::1]:9000"
    assert (config.snapshot_path, config.content_path) == (Path("/run/s.json"), Path("c.toml"))
    assert (config.unit.name, config.unit.place) == ("laval-2", "Laval")


@pytest.mark.parametrize(
    "listen",
    ["", "8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
     "127.0.0.1:+80", "::1:8080", "[127.0.0.1]:80", "127.0.0.1]:80", "[::1]"],
)  # fmt: skip
@pytest.mark.parametrize("table", ["portal", "console"])
def test_listen_is_an_ip_address_and_a_port(tmp_path: Path, table: str, listen: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        load(written(tmp_path, f'{UNIT}[{table}]\nlisten = "{listen}"\n'))
    assert caught.value.faults == [
        f"[{table}] listen found {listen!r}; "
        "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080"
    ]


@pytest.mark.parametrize("listen", ["0.0.0.0:8081", "192.168.4.1:8081", "[::]:8081"])
def test_the_console_leaves_this_machine_with_tls_only(tmp_path: Path, listen: str) -> None:
    assert load(written(tmp_path, f'{UNIT}[console]\nlisten = "{listen}"\n')).console_tls
    with pytest.raises(BadConfiguration, match="without tls expected a loopback address"):
        load(written(tmp_path, f'{UNIT}[console]\nlisten = "{listen}"\ntls = false\n'))


def test_the_console_is_called_as_the_operator_says(tmp_path: Path) -> None:
    names = 'names = ["ben.trike.example", "ben.triporteur.internal"]'
    config = load(written(tmp_path, f'{UNIT}[console]\nlisten = "0.0.0.0:443"\n{names}\n'))
    assert config.console_names == ("ben.trike.example", "ben.triporteur.internal")
    assert config.console_url == "https://ben.trike.example/"


@pytest.mark.parametrize("name", ["*.trike.example", "ben", "10.0.0.1", "Ben.example", "a..b", ""])
def test_a_console_s_name_is_one_whole_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfiguration, match=r"\[console\] names found"):
        load(written(tmp_path, f'{UNIT}[console]\nnames = ["{name}"]\n'))


def test_a_unit_whose_name_is_no_host_s_needs_names(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"\[console\] names is missing"):
        load(written(tmp_path, '[unit]\nname = "-ben"\n'))


def test_agent_and_console_meet_at_the_same_files(tmp_path: Path) -> None:
    config, device = load(written(tmp_path, UNIT)), SnapshotTable()
    places = config.console_places
    assert places.request == Path(device.console) / "request.pem"
    assert places.verdict == Path(device.console) / "certificate.json"
    assert places.certified == Path(device.path).with_name("console.pem")
    assert places.pushed == Path(JournalTable().directory) / "content" / "console.json"


@pytest.mark.parametrize("listen", ["0.0.0.0:80", "[::]:80"])
def test_a_portal_on_every_address_needs_its_name(tmp_path: Path, listen: str) -> None:
    with pytest.raises(BadConfiguration, match=r"\[portal\] address is missing"):
        load(written(tmp_path, f'{UNIT}[portal]\nlisten = "{listen}"\n'))


@pytest.mark.parametrize(
    "address",
    ["", "http://a.fr/", "a b", "a.fr:x", "é.fr", r"a.fr\n", "a.fr:0", "a.fr:65536", ".", "a.fr."],
)
def test_a_portal_address_is_a_host_name(tmp_path: Path, address: str) -> None:
    with pytest.raises(BadConfiguration, match=r"\[portal\] address found"):
        load(written(tmp_path, f'{UNIT}[portal]\naddress = "{address}"\n'))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = (
        '[unit]\nname = "Bordeaux"\n[portal]\nlisten = "ici"\nfoo = 1\n'
        '[console]\ntls = false\nlisten = "0.0.0.0:80"\n[snapshot]\npath = 3\n[kiosk]\n'
    )
    with pytest.raises(BadConfiguration) as caught:
        load(written(tmp_path, text))
    for part in ("[kiosk]", "[unit] name", "[snapshot] path", "[portal] foo", "[console] listen"):
        assert part in str(caught.value)
