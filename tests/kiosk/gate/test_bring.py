"""Up and down on a real kernel: twice is once, others' rules stay, and a death leaves it closed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.kiosk.gate.planned import planned, written
from tests.kiosk.gate.street import EXTERNAL, OPEN, Street, down, up
from tests.network.namespace import Namespace
from triporteur_kiosk.gate import bring, ground, network_manager
from triporteur_kiosk.gate.ground import GateError, Hindered
from triporteur_kiosk.gate.ruleset import TABLE

pytestmark = pytest.mark.slow

#: What another program had there before.
FOREIGN = """
table inet filter {
    chain input {
        type filter hook input priority filter
        tcp dport 9 counter drop
    }
}
table ip nat {
    chain post {
        type nat hook postrouting priority srcnat
        oifname "eth7" masquerade
    }
}
"""


def test_twice_up_is_once_up(street: Street, tmp_path: Path) -> None:
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    once = street.rules(), street.addresses()
    up(street, plan)
    assert (street.rules(), street.addresses()) == once
    assert street.addresses() == {"10.77.0.1", str(plan.network.unit6)}


def test_what_another_program_set_stays_through_up_and_down(street: Street, tmp_path: Path) -> None:
    street.unit.run("nft", "-f", "-", said=FOREIGN)
    before = street.rules()
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    assert street.rules().startswith(before)
    down(street, plan)
    assert street.rules() == before


def test_down_leaves_nothing_but_leases_and_may_be_done_twice(
    street: Street, tmp_path: Path
) -> None:
    plan = planned(tmp_path, OPEN)
    forwards = street.unit.run("cat", "/proc/sys/net/ipv4/ip_forward")
    up(street, plan)
    assert street.unit.run("cat", "/proc/sys/net/ipv4/ip_forward") == "1\n"
    up(street, plan)  # must not take its own settings for those before
    for _ in range(2):
        down(street, plan)
        assert street.rules() == ""
        assert street.addresses() == set()
        assert [path.name for path in plan.directory.iterdir()] == ["leases"]
    assert street.unit.run("cat", "/proc/sys/net/ipv4/ip_forward") == forwards == "0\n"


def test_root_writes_nothing_else_that_the_gates_user_names(street: Street, tmp_path: Path) -> None:
    """Whoever took the gate over has its folder."""
    plan, victim = planned(tmp_path, EXTERNAL), tmp_path / "victim"
    up(street, plan)
    victim.write_text("root's")
    named = [str(victim), f"ipv4/conf/../../../../..{victim}"]
    kept = plan.directory / "settings-before.json"
    kept.write_text(json.dumps(dict.fromkeys(named, "the intruder's")))
    down(street, plan)
    assert victim.read_text() == "root's"


def test_where_access_is_local_the_machine_forwards_nothing(street: Street, tmp_path: Path) -> None:
    up(street, planned(tmp_path, EXTERNAL))
    assert street.unit.run("cat", "/proc/sys/net/ipv4/ip_forward") == "0\n"


def test_a_former_network_s_address_does_not_stay(street: Street, tmp_path: Path) -> None:
    up(street, planned(tmp_path, f'{EXTERNAL}network = "192.168.8.0/22"'))
    up(street, planned(tmp_path, EXTERNAL))
    assert "192.168.8.1" not in street.addresses()


@pytest.mark.usefixtures("street")
def test_a_missing_interface_is_told(tmp_path: Path) -> None:
    with Namespace() as empty, empty.entered(), pytest.raises(Hindered) as caught:
        bring.up(planned(tmp_path, EXTERNAL))
    assert str(caught.value) == (
        "there is no network interface wlan0: plug it in, or name another one"
    )


def test_the_way_to_the_internet_is_not_taken_for_the_phones(
    street: Street, tmp_path: Path
) -> None:
    plan = replace(planned(tmp_path, EXTERNAL), interface="wwan0")
    before = street.rules()
    with street.unit.entered(), pytest.raises(GateError, match="way to the Internet"):
        bring.up(plan)
    assert street.rules() == before


@pytest.mark.parametrize("uplink", ["10.77.0.9/24", "10.77.3.9/30"])
def test_an_uplink_in_the_phones_network_keeps_its_ways(
    street: Street, tmp_path: Path, uplink: str
) -> None:
    street.unit.ip(
        f"address add {uplink} dev wwan0",
        f"address add {uplink} dev wlan0",
        "link set dev wlan0 up",
    )
    before = street.unit.run("ip", "route", "show", "dev", "wwan0")
    with street.unit.entered():
        with pytest.raises(Hindered, match=r"wwan0 is in the network") as told:
            bring.up(planned(tmp_path, OPEN))
        assert str(told.value) in command(tmp_path, "--status").stdout
    assert "[gate] network name another one, such as 1" in str(told.value)
    assert street.unit.run("ip", "route", "show", "dev", "wwan0") == before
    assert street.unit.run("ip", "route", "show", "dev", "wlan0") == ""
    assert not (tmp_path / "gate").exists()


def test_a_modem_in_a_network_that_is_wider_closes_nothing(street: Street, tmp_path: Path) -> None:
    """As 4G is given one: its own gateway is elsewhere in it."""
    street.unit.ip(
        "address add 10.64.0.9/8 dev wwan0", "route replace default via 10.64.0.1 dev wwan0"
    )
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    assert street.addresses() == {"10.77.0.1", str(plan.network.unit6)}
    with street.unit.entered():
        assert ground.stands(plan)
        assert "wwan0 is in the network 10.0.0.0/8" in command(tmp_path, "--status").stdout


def test_name_servers_in_the_phones_network_are_not_cut_off(street: Street, tmp_path: Path) -> None:
    plan = planned(tmp_path, f'{OPEN}resolvers = ["10.77.0.53"]')
    with street.unit.entered(), pytest.raises(Hindered, match=r"names are asked of 10\.77\.0\.53"):
        bring.up(plan)
    assert street.addresses() == set()


def test_what_is_missing_on_the_machine_is_told_before_anything_is_done(
    street: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "bin"
    there.mkdir()
    for name in ("dnsmasq", "ip", "nft", "setpriv"):
        (there / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(there))
    with street.unit.entered(), pytest.raises(GateError, match="machine: conntrack, hostapd"):
        bring.up(planned(tmp_path))
    (there / "conntrack").symlink_to(there / "ip")
    monkeypatch.setattr(ground, "_IPV6", tmp_path / "away")
    with street.unit.entered(), pytest.raises(GateError, match=r"ipv6\.disable=1"):
        bring.up(planned(tmp_path, EXTERNAL))
    assert not (tmp_path / "gate").exists()


# A fake program does the real one's work first, then kills who called it, as a power cut would.
KILLER = '#!/bin/sh\n{real} "$@"\n{when}kill -9 $PPID\n'
UP = (
    "import sys; from pathlib import Path; from triporteur_kiosk.config import load; "
    "from triporteur_kiosk.gate import bring; plan = load(Path(sys.argv[1])).gate; "
    "bring.up(plan) if sys.argv[2] == 'up' else bring.down(plan)"
)
DEATHS = [
    ("up", "nft", ""),
    ("up", "ip", '[ "$1" != -batch ] || '),
    ("down", "ip", ""),
    ("down", "nft", ""),
]


@pytest.mark.parametrize(("verb", "program", "when"), DEATHS)
def test_who_dies_on_the_way_can_start_anew(
    street: Street, tmp_path: Path, verb: str, program: str, when: str
) -> None:
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    expected = street.rules(), street.addresses()
    if verb == "up":
        down(street, plan)
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / program
    fake.write_text(KILLER.format(real=f"/usr/sbin/{program}", when=when))
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{fake.parent}:{os.environ['PATH']}"}
    command = (sys.executable, "-c", UP, str(tmp_path / "unit.toml"), verb)
    with street.unit.entered():
        died = subprocess.run(command, env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    assert TABLE in street.rules() or not street.addresses()
    up(street, plan)
    assert (street.rules(), street.addresses()) == expected
    down(street, plan)
    assert street.unit.run("cat", "/proc/sys/net/ipv4/ip_forward") == "0\n"


def command(
    tmp_path: Path, *words: str, interface: str = "wlan0"
) -> subprocess.CompletedProcess[str]:
    path = written(tmp_path, f'interface = "{interface}"\nram = "{tmp_path}/gate"')
    program = (sys.executable, "-m", "triporteur_kiosk", "gate", *words, "--config", str(path))
    return subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)


def test_a_dry_run_shows_everything_and_does_nothing(street: Street, tmp_path: Path) -> None:
    with street.unit.entered():
        shown = command(tmp_path, "--dry-run")
    assert (shown.returncode, shown.stderr) == (0, "")
    for part in (
        f"table inet {TABLE} {{", "ssid2=", "dhcp-range=10.77.0.10", "address add 10.77.0.1/22",
        "ipv4/conf/wlan0/forwarding = 0", str(network_manager.file_path()), "dnsmasq --keep-in",
    ):  # fmt: skip
        assert part in shown.stdout
    assert street.rules() == ""
    assert not (tmp_path / "gate").exists()


def test_status_and_down_say_what_a_dead_gate_left(street: Street, tmp_path: Path) -> None:
    up(street, planned(tmp_path, EXTERNAL))
    with street.unit.entered():
        before = command(tmp_path, "--status")
        taken = command(tmp_path, "--down")
        after = command(tmp_path, "--status")
    assert (before.returncode, before.stdout) == (
        1, f"table inet {TABLE}: there\nwlan0: no gate runs\n"
    )  # fmt: skip
    assert (taken.returncode, taken.stdout) == (0, "wlan0 is down; nothing is let through\n")
    assert f"table inet {TABLE}: not there" in after.stdout


def test_down_does_not_cut_the_way_to_the_internet(street: Street, tmp_path: Path) -> None:
    with street.unit.entered():
        done = command(tmp_path, "--down", interface="wwan0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "wwan0 is this machine's way to the Internet" in done.stderr
    assert "192.0.2.2" in street.unit.run("ip", "address", "show", "dev", "wwan0", "up")
