"""Probes and captured names are led to the portal, or told the exact answer once accepted."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.public.portal import ADDRESS
from triporteur_kiosk.public.captive import Captive
from triporteur_kiosk.public.probes import PROBES, Answer

ENDPOINTS = [
    pytest.param(host, path, probe.success, id=f"{probe.asked_by}: {host}{path}")
    for probe in PROBES
    for host in probe.hosts
    for path in probe.paths
]
PORTAL = f"http://{ADDRESS}/"


@pytest.fixture
def captive() -> Captive:
    return Captive(ADDRESS)


@pytest.mark.parametrize(("host", "path", "success"), ENDPOINTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_probe_of_a_stranger_is_led_to_the_portal(
    visitor: FlaskClient, method: str, host: str, path: str, success: Answer
) -> None:
    answer = visitor.open(path, method=method, base_url=f"http://{host}")
    assert (answer.status_code, answer.location) == (302, PORTAL)
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Content-Length"]) > 4  # Android takes less for a fault
    assert success.body == b"" or success.body not in answer.data
    assert len(answer.data) == (0 if method == "HEAD" else int(answer.headers["Content-Length"]))


@pytest.mark.parametrize(("host", "path", "success"), ENDPOINTS)
def test_a_probe_of_an_accepted_visitor_gets_its_exact_answer(
    captive: Captive, host: str, path: str, success: Answer
) -> None:
    assert captive.answer(host, path, accepted=True) is success
    assert ("Cache-Control", "no-store") in success.headers
    assert dict(success.headers).get("Content-Length") == (
        str(len(success.body)) if success.body else None
    )


def test_every_endpoint_stands_once_in_the_table() -> None:
    endpoints = [endpoint.values[:2] for endpoint in ENDPOINTS]
    assert len(set(endpoints)) == len(endpoints)


@pytest.mark.parametrize(
    ("host", "path", "length"),
    [
        ("captive.apple.com", "/hotspot-detect.html", 69),
        ("www.apple.com", "/library/test/success.html", 68),
        ("www.msftconnecttest.com", "/connecttest.txt", 22),
        ("www.msftncsi.com", "/ncsi.txt", 14),
        ("connectivitycheck.gstatic.com", "/generate_204", 0),
        ("detectportal.firefox.com", "/success.txt", 8),
        ("nmcheck.gnome.org", "/check_network_status.txt", 24),
        ("network-test.debian.org", "/nm", 25),
        ("fedoraproject.org", "/static/hotspot.txt", 2),
        ("ping.archlinux.org", "/", 74),
    ],
)
def test_success_bodies_have_the_published_length(
    captive: Captive, host: str, path: str, length: int
) -> None:
    answer = captive.answer(host, path, accepted=True)
    assert answer is not None
    assert len(answer.body) == length
    assert answer.status == ("200 OK" if length else "204 No Content")


@pytest.mark.parametrize(
    "host", ["CAPTIVE.apple.com", "captive.apple.com:80", "captive.apple.com."]
)
def test_a_host_is_known_however_it_is_written(captive: Captive, host: str) -> None:
    answer = captive.answer(host, "/hotspot-detect.html", accepted=True)
    assert answer is not None
    assert answer.status == "200 OK"


@pytest.mark.parametrize("path", ["/", "/1", "/redirect", "/quoi?que=ce+soit"])
@pytest.mark.parametrize("accepted", [False, True])
def test_a_captured_name_leads_to_the_portal(captive: Captive, path: str, accepted: bool) -> None:
    answer = captive.answer("www.exemple.fr", path, accepted=accepted)
    assert answer is not None
    assert answer.status == "302 Found"
    assert ("Location", PORTAL) in answer.headers


@pytest.mark.parametrize("host", [ADDRESS, f"{ADDRESS}:80", f"{ADDRESS}:8080", "TRIPORTEUR.lan."])
def test_the_portal_serves_its_own_name(captive: Captive, host: str) -> None:
    assert captive.answer(host, "/generate_204", accepted=False) is None


@pytest.mark.parametrize("address", ["", "http://triporteur.lan", "a b", "x\r\nSet-Cookie: y"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="give a host name"):
        Captive(address)


ANY_TEXT = st.text(st.characters(max_codepoint=255), max_size=40)


@given(
    host=ANY_TEXT | st.just(ADDRESS),
    path=ANY_TEXT | st.sampled_from(["/", "/1", "//", "/../1", "/%00"]),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "PROPFIND", "é"]),
    agent=ANY_TEXT,
)
def test_no_request_breaks_the_portal(
    visitor: FlaskClient, host: str, path: str, method: str, agent: str
) -> None:
    answer = visitor.open(
        "/",
        method=method,
        environ_overrides={"HTTP_HOST": host, "PATH_INFO": path, "HTTP_USER_AGENT": agent},
    )
    assert answer.status_code in {200, 302, 400, 404, 405}
    assert "Set-Cookie" not in answer.headers
