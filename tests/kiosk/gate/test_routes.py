"""Which networks this machine is in, as the kernel writes them; and which is free for phones."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from triporteur_kiosk.gate.routes import beside, default_interface, overlap

HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#: By a gateway at 192.0.2.1; and the network that it is in.
DEFAULT = "wwan0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0   \n"
OWN = "wwan0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   \n"
PHONES = IPv4Network("10.77.0.0/22")


def table(folder: Path, *lines: str) -> Path:
    path = folder / "route"
    path.write_text(HEAD + "".join(lines))
    return path


def line(network: str, *, interface: str = "usb0", flags: int = 1, gateway: str = "0.0.0.0") -> str:
    """As the kernel of a little-endian machine writes it."""
    parsed = IPv4Network(network)
    to, by, mask = (
        one.packed[::-1].hex().upper()
        for one in (parsed.network_address, IPv4Address(gateway), parsed.netmask)
    )
    return f"{interface}\t{to}\t{by}\t{flags:04X}\t0\t0\t0\t{mask}\t0\t0\t0\n"


def test_the_way_to_everywhere_takes_nothing(tmp_path: Path) -> None:
    found = table(tmp_path, DEFAULT, OWN)
    assert overlap("wlan0", PHONES, found) is None
    assert default_interface(found) == "wwan0"
    assert default_interface(table(tmp_path, OWN)) is None


@pytest.mark.parametrize("network", ["10.77.0.0/22", "10.77.3.248/30", "10.77.0.1/32"])
def test_another_interface_in_the_phones_network_is_told(tmp_path: Path, network: str) -> None:
    told = overlap("wlan0", PHONES, table(tmp_path, DEFAULT, OWN, line(network)))
    assert told == (
        f"usb0 is in the network {network}, which the phones' 10.77.0.0/22 overlaps: "
        "let [gate] network name another one, such as 172.20.0.0/22"
    )


@pytest.mark.parametrize("network", ["10.76.0.0/15", "10.0.0.0/8"])
def test_a_wider_network_is_no_hindrance_and_told_of(tmp_path: Path, network: str) -> None:
    """As many modems are given one: the way to the phones is the narrower, and theirs."""
    found = table(tmp_path, DEFAULT, OWN, line(network))
    assert overlap("wlan0", PHONES, found) is None
    assert beside("wlan0", PHONES, found) == (
        f"usb0 is in the network {network}, of which the phones' 10.77.0.0/22 hides a part: "
        "if somebody there is not reached, let [gate] network name another one, "
        "such as 172.20.0.0/22"
    )


def test_a_gateway_in_the_phones_network_is_told(tmp_path: Path) -> None:
    led = line("0.0.0.0/0", flags=3, gateway="10.77.2.1")
    told = overlap("wlan0", PHONES, table(tmp_path, line("10.0.0.0/8"), led))
    assert told
    assert told.startswith("usb0 is led on by 10.77.2.1, which the phones' 10.77.0.0/22 would hide")


def test_a_name_server_in_the_phones_network_is_told(tmp_path: Path) -> None:
    found = table(tmp_path, DEFAULT, line("10.0.0.0/8"))
    servers = ("192.0.2.1", "fe80::1%usb0", "no address", "10.76.255.255")
    assert overlap("wlan0", PHONES, found, servers) is None
    told = overlap("wlan0", PHONES, found, (*servers, "10.77.3.9"))
    assert told
    assert told.startswith("names are asked of 10.77.3.9, which the phones'")


def test_what_is_told_to_take_is_free(tmp_path: Path) -> None:
    taken = [line(one) for one in ("10.77.1.0/24", "172.16.0.0/12", "192.168.0.0/16")]
    told = overlap("wlan0", PHONES, table(tmp_path, *taken[:2]))
    assert told
    assert told.endswith("such as 192.168.64.0/22")
    told = overlap("wlan0", PHONES, table(tmp_path, *taken))
    assert told
    assert told.endswith("name another one")


@pytest.mark.parametrize(
    "other",
    [
        line("10.77.0.0/22", interface="wlan0"),
        line("10.76.0.0/22"),
        line("10.0.0.0/8", flags=3),
        line("10.0.0.0/8", interface="*", flags=0x201),
        line("0.0.0.0/1"),
    ],
    ids=["its own", "the one beside it", "by a gateway", "to nowhere", "half of everything"],
)
def test_what_takes_nothing_of_it_is_no_hindrance(tmp_path: Path, other: str) -> None:
    found = table(tmp_path, other)
    assert overlap("wlan0", PHONES, found) is None
    assert beside("wlan0", PHONES, found) is None
