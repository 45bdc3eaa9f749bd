"""The generated files: what stands in unit.toml can fill them, and never add a line to them."""

import json
import re
import subprocess
import tempfile
from pathlib import Path
from shutil import which

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.kiosk.gate.planned import configured, planned
from triporteur_kiosk.config import GatePlan
from triporteur_kiosk.gate.files import files
from triporteur_kiosk.gate.network_manager import tell, unmanaged
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.consoles import is_name

OPEN = 'access = "open"'
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="a\n\r\"'\\#;{}=/,.* é🚲\x0b\x85\u2028", max_size=40),
)


def text_of(plan: GatePlan, name: str) -> str:
    (found,) = (file.text for file in files(plan) if file.path.name == name)
    return found


def shape(plan: GatePlan) -> dict[str, list[str]]:
    """Of every file, how each of its lines begins, however somebody counts lines."""
    return {
        file.path.name: [re.split(r"[= ]", line.strip())[0] for line in file.text.splitlines()]
        for file in files(plan)
    }


@given(HOSTILE, st.sampled_from(["ssid", "country", "network", "uplink", "ram", "interface"]))
@example('a"\nwpa=2', "ssid")
@example("Triporteur 🚲 « l'été »", "ssid")
@example("w\ninclude", "interface")
def test_no_value_adds_a_line_to_a_file(value: str, key: str) -> None:
    keys = {"interface": "wlan0", "uplink": "wwan0", "access": "open"}
    with tempfile.TemporaryDirectory() as folder:
        expected = configured(Path(folder), toml(keys)).gate
        try:
            plan = configured(Path(folder), toml({**keys, key: value})).gate
        except BadConfiguration:
            return
    assert plan
    assert expected
    assert shape(plan) == shape(expected)


def test_what_is_not_limited_is_not_counted_by_phone(tmp_path: Path) -> None:
    limited = text_of(planned(tmp_path, OPEN), "rules.nft")
    assert limited.count("quota over 105263157 bytes") == limited.count("over 200000000 bytes") == 2
    free = text_of(planned(tmp_path, f"{OPEN}\nvisitor_mb = 0\nbudget_mb = 0"), "rules.nft")
    assert "quota over" not in free


@given(st.lists(HOSTILE, min_size=1, max_size=3))
def test_no_resolver_adds_a_line_to_a_file(values: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.raises(BadConfiguration):
        configured(Path(folder), f'interface = "wlan0"\nresolvers = {json.dumps(values)}')


@given(HOSTILE.filter(lambda name: not is_name(name)))
def test_no_partner_s_name_adds_a_line_to_a_file(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = planned(Path(folder), OPEN)
    with pytest.raises(ValueError, match="is no name of a partner's site"):
        files(replace(plan, garden=("www.caf.fr", name)))


def toml(keys: dict[str, str]) -> str:
    return "\n".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()
    )


def test_where_access_is_local_nothing_is_asked_of_anybody(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert {file.path.name for file in files(plan)} == {
        "rules.nft", "addresses.conf", "captive.conf", "hostapd.conf",
    }  # fmt: skip
    captive = text_of(plan, "captive.conf").splitlines()
    assert "no-resolv" in captive
    assert not [line for line in captive if line.startswith("server=")]


def test_partners_names_are_asked_for_and_their_addresses_kept(tmp_path: Path) -> None:
    plan = replace(planned(tmp_path, 'access = "partners"'), garden=("www.caf.fr",))
    lines = text_of(plan, "garden.conf").splitlines()
    assert [line for line in lines if "server=" in line] == ["server=/www.caf.fr/127.0.0.1#5303"]
    assert "no-resolv" in lines
    assert "nftset=/www.caf.fr/4#inet#triporteur_gate#garden" in lines
    assert "www.caf.fr" not in text_of(plan, "captive.conf")


def test_nothing_of_a_phone_is_logged(tmp_path: Path) -> None:
    plan = planned(tmp_path, OPEN)
    for file in files(plan):
        assert "log-queries" not in file.text
        assert "log-dhcp" not in file.text
    addresses = text_of(plan, "addresses.conf").splitlines()
    assert {"quiet-dhcp", "quiet-dhcp6", "quiet-ra", "dhcp-ignore-names"} <= set(addresses)
    assert "logger_syslog=0" in text_of(plan, "hostapd.conf")


def test_phones_are_told_of_the_api_where_there_is_one(tmp_path: Path) -> None:
    without = text_of(planned(tmp_path), "addresses.conf")
    assert "dhcp-option=114" not in without
    assert "option6:103" not in without
    rest = '[portal]\naddress = "trike.example"\ncertificate = "/c.pem"\nkey = "/k.pem"\n'
    lines = text_of(planned(tmp_path, rest=rest), "addresses.conf").splitlines()
    assert "dhcp-option=114,https://trike.example/captive-portal" in lines
    assert "dhcp-option=option6:103,https://trike.example/captive-portal" in lines


def test_network_manager_s_file_is_made_where_it_runs(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert not tell(plan, tmp_path / "absent")
    (there := tmp_path / "NetworkManager").mkdir()
    assert tell(plan, there)
    (file,) = (there / "conf.d").iterdir()
    assert file.read_text() == unmanaged(plan)
    assert "unmanaged-devices+=interface-name:wlan0\n" in file.read_text()


@pytest.mark.skipif(which("dnsmasq") is None, reason="dnsmasq is not installed: make test does it")
def test_dnsmasq_takes_every_file(tmp_path: Path) -> None:
    rest = '[portal]\naddress = "trike.example"\ncertificate = "/c.pem"\nkey = "/k.pem"\n'
    plan = planned(tmp_path, f'{OPEN}\nresolvers = ["9.9.9.9", "2620:fe::fe"]', rest)
    for file in files(replace(plan, garden=("www.caf.fr", "ameli.fr"))):
        if file.path.stem in {"addresses", "captive", "garden", "open"}:
            (path := tmp_path / file.path.name).write_text(file.text)
            done = subprocess.run(
                ["dnsmasq", "--test", f"--conf-file={path}"],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, "dnsmasq: syntax check OK.\n")
