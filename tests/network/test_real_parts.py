"""Programs that were not made for the lab: two DHCP clients, IPv6's own discovery, hostapd."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.network.lab import Lab
from tests.network.phone import WIFI, Phone
from tests.network.real_phones import Client, dhclient, udhcpc
from tests.network.settings import ADDRESS, PORTAL, Settings
from tests.network.unit import Unit
from tests.rig import wait_for
from triporteur_kiosk.gate.hostapd import access_point

pytestmark = pytest.mark.slow

PROBE = "http://connectivitycheck.gstatic.com/generate_204"


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    """One whose portal has a certificate that the lab's phones trust."""
    with Lab(tmp_path_factory.mktemp("phones")) as lab, Unit(lab, Settings(secured=True)) as made:
        yield made.start()


@pytest.mark.parametrize("client", [udhcpc, dhclient], ids=lambda client: client.__name__)
def test_a_real_client_gets_an_address_and_meets_the_portal(
    unit: Unit, client: Client, tmp_path: Path
) -> None:
    phone = unit.lab.add_phone()
    taken = client(phone, tmp_path)
    assert taken.router == taken.name_server == "10.77.0.1"
    assert asyncio.run(phone.visit(PROBE))[0] == PORTAL


def test_the_portal_is_told_with_the_address_and_answers_by_its_certificate(unit: Unit) -> None:
    phone = unit.lab.add_phone()
    url = asyncio.run(phone.join()).portal_url
    assert url
    assert url.startswith(f"https://{ADDRESS}/")
    told = asked(unit, phone, url)
    assert (told["captive"], told["user-portal-url"]) == (True, f"https://{ADDRESS}/")
    asyncio.run(phone.accept(PORTAL))
    told = asked(unit, phone, url)
    assert told["captive"] is False
    assert isinstance(told["seconds-remaining"], int)
    assert 0 < told["seconds-remaining"] <= 3600


def asked(unit: Unit, phone: Phone, url: str) -> dict[str, object]:
    answer = asyncio.run(phone.fetch(url, trust=unit.lab.internet.authority.trust))
    assert answer.headers["content-type"] == "application/captive+json"
    told: dict[str, object] = json.loads(answer.body)
    return told


def test_over_ipv6_a_phone_gets_an_address_a_name_server_and_no_way_out(unit: Unit) -> None:
    phone = unit.lab.add_phone()
    wait_for(lambda: "fe80:" in phone.namespace.run("ip", "-6", "address"), "it has begun to speak")
    told = phone.namespace.run("rdisc6", "--single", "--retry", "10", "--wait", "1000", WIFI)
    assert re.search(r"Router lifetime\s*:\s+0 ", told)
    found = re.search(r"Recursive DNS server\s*:\s+(\S+)", told)
    assert found
    wait_for(lambda: " fd" in phone.namespace.run("ip", "-6", "address"), "it has an address")
    assert "default" not in phone.namespace.run("ip", "-6", "route")
    names = asyncio.run(phone.resolve("captive.apple.com", "A", found[1]))
    assert names.addresses == ("198.51.100.1",)
    page = asyncio.run(phone.fetch(f"http://[{found[1]}]/"))
    assert (page.status, page.headers["location"]) == (302, PORTAL)


def test_hostapd_reads_the_radios_file_and_takes_its_name_as_it_is(
    unit: Unit, tmp_path: Path
) -> None:
    name = 'L’été "à" Lille\\'
    plan = unit.config.gate
    assert plan
    config = tmp_path / "hostapd.conf"
    # There is no radio here; the file is read by the same parser.
    said = access_point(replace(plan, ssid=name)).replace("driver=nl80211", "driver=none")
    config.write_text(said)
    control = replace(plan, ssid=name).hostapd_folder
    assert control
    with unit.lab.unit.running(tmp_path / "hostapd.log", "hostapd", config):
        log = tmp_path / "hostapd.log"
        wait_for(lambda: b"AP-ENABLED" in log.read_bytes(), "hostapd is up")
        told = unit.lab.unit.run("hostapd_cli", "-p", str(control), "status")
    (shown,) = re.findall(r"^ssid\[0\]=(.*)$", told, re.MULTILINE)
    assert shown.encode().decode("unicode_escape").encode("latin-1").decode() == name
    config.write_text(f"{said}no_such_key=1\n")
    with unit.lab.unit.running(tmp_path / "hostapd.log", "hostapd", config) as hostapd:
        assert hostapd.wait(120) != 0
