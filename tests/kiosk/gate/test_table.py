"""`[gate]`: without an interface there is none; with one alone everything else is ready."""

from pathlib import Path

import pytest

from tests.kiosk.gate.planned import configured, planned, written
from triporteur_kiosk.config import API_PATH, Listen, load
from triporteur_wire.configuration import BadConfiguration

SECURED = '[portal]\naddress = "trike.example"\ncertificate = "/etc/c.pem"\nkey = "/etc/k.pem"\n'


def test_without_an_interface_there_is_no_gate(tmp_path: Path) -> None:
    config = configured(tmp_path, 'access = "open"')
    assert config.gate is None
    assert config.gate_folder == Path("/run/triporteur-gate")
    assert config.portal == Listen("127.0.0.1", 8080)


def test_an_interface_is_enough(tmp_path: Path) -> None:
    config = configured(tmp_path, 'interface = "wlan0"')
    plan = config.gate
    assert plan
    assert (plan.interface, plan.ssid, plan.access) == ("wlan0", "Triporteur", "local")
    assert (plan.session_s, plan.most_stations) == (3600, 19)
    assert (plan.visitor_bytes, plan.budget_bytes) == (200_000_000, 2_000_000_000)
    assert (config.portal, config.console) == (Listen("::", 8080), Listen("::", 8443))
    assert config.portal_address == "triporteur.internal"
    assert plan.doors.names == ("triporteur.internal", "ben.triporteur.internal")
    assert plan.network.places >= 300


def test_behind_an_access_point_no_radio_is_driven_and_more_phones_fit(tmp_path: Path) -> None:
    plan = planned(tmp_path, 'radio = "external"\nvisitor_mb = 0\nbudget_mb = 0')
    assert (plan.ssid, plan.hostapd_folder, plan.most_stations) == (None, None, 300)
    assert (plan.visitor_bytes, plan.budget_bytes) == (None, None)


def test_a_console_for_development_is_not_opened_to_phones(tmp_path: Path) -> None:
    plan = planned(tmp_path, rest="[console]\ntls = false\n")
    assert plan.doors.console_port is None


def test_a_certificate_for_the_portal_gives_phones_its_api(tmp_path: Path) -> None:
    config = configured(tmp_path, 'interface = "wlan0"', SECURED)
    assert config.portal_secured
    assert config.portal_secured.listen == Listen("::", 8444)
    assert config.gate
    assert config.gate.doors.api == f"https://trike.example{API_PATH}"
    assert config.gate.doors.secured_port == 8444


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('interface = "wlan0 "', "interface found 'wlan0 '; expected the name of a network"),
        ('interface = "lo"', "interface found 'lo'"),
        ('interface = "../../kernel"', "interface found"),
        ('ssid = "ééééééééééééééééé"', "expected at most 32 bytes in UTF-8"),
        (r'ssid = "a\nwpa=0"', r"ssid found 'a\nwpa=0'; expected 1 to 32 characters"),
        ("channel = 36", "expected a channel of the 2.4 GHz band"),
        ('country = "France"', "expected a country in two capitals"),
        ('network = "10.0.0.0/24"', "expected a private network from /20 to /23"),
        ('network = "10.0.0.0/19"', "expected a private network from /20 to /23"),
        ('network = "8.8.0.0/22"', "expected a private network from /20 to /23"),
        ('network = "10.77.0.1/22"', "expected a network, such as 10.77.0.0/22"),
        ('access = "all"', "expected one of: local, partners, open"),
        ('resolvers = ["dns.example"]', "expected IP addresses"),
        (r'resolvers = ["9.9.9.9\nlog-queries"]', "expected IP addresses"),
        ('uplink = "wlan0"', "expected another interface than the phones'"),
        ('ram = "/run/a b"', "expected a path of at most 80 plain letters"),
        ('ram = "/run/../etc"', "expected a path of at most 80 plain letters"),
        ("session_min = 0", "session_min found 0"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_one_sentence(tmp_path: Path, line: str, told: str) -> None:
    gate = line if line.startswith("interface") else f'interface = "wlan0"\n{line}'
    path = written(tmp_path, gate)
    with pytest.raises(BadConfiguration) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert told in fault


@pytest.mark.parametrize("table", ["portal", "console"])
def test_with_a_gate_nobody_listens_where_phones_do_not_get(tmp_path: Path, table: str) -> None:
    rest = f'[{table}]\nlisten = "127.0.0.1:8080"\n'
    with pytest.raises(BadConfiguration, match=r"with a \[gate\] expected an address that phones"):
        configured(tmp_path, 'interface = "wlan0"', rest)


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ('[portal]\ncertificate = "/c.pem"\naddress = "a.example"\n', "key is missing"),
        ('[portal]\nkey = "/k.pem"\naddress = "a.example"\n', "certificate is missing"),
        ('[portal]\nkey = "/k.pem"\ncertificate = "/c.pem"\n', "address is missing"),
        (
            '[portal]\nkey = "/k.pem"\ncertificate = "/c.pem"\naddress = "10.0.0.1"\n',
            "expected the whole name that the certificate is for",
        ),
    ],
)
def test_a_certificate_goes_with_its_key_and_its_name(tmp_path: Path, rest: str, told: str) -> None:
    with pytest.raises(BadConfiguration) as caught:
        configured(tmp_path, 'interface = "wlan0"', rest)
    (fault,) = caught.value.faults
    assert told in fault
