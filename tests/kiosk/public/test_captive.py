"""Probes and captured names are led to the portal, whichever way they are answered."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.public.portal import ADDRESS
from triporteur_kiosk.public.captive import Captive, Quick
from triporteur_kiosk.public.probes import PROBES, Answer
from triporteur_kiosk.usage.counts import Counts

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


@pytest.fixture
def quick(captive: Captive) -> Quick:
    return Quick(captive, Counts())


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
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_quick_answer_is_that_of_the_long_way(
    visitor: FlaskClient, quick: Quick, method: str, host: str, path: str, success: Answer
) -> None:
    said = quick(question(method, host, path))
    assert said is not None
    head, _, body = said.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    long_way = visitor.open(path, method=method, base_url=f"http://{host}")
    headers = dict(line.split(": ") for line in lines)
    assert headers.pop("Connection") == "close"
    assert status == f"HTTP/1.1 {long_way.status}"
    assert headers == dict(long_way.headers)
    assert body == long_way.data


def question(method: str, host: str, path: str, more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode("latin-1")


@pytest.mark.parametrize(
    "asked",
    [
        question("POST", "a.fr", "/"),
        question("GET", "a.fr", "/%41"),
        question("GET", "a.fr", "http://a.fr/"),
        question("GET", ADDRESS, "/"),
        question("GET", f"{ADDRESS.upper()}.:8080", "/generate_204"),
        question("GET", "a.fr", "/", f"Host: {ADDRESS}\r\n"),
        question("GET", "a.fr", "/", "Content-Length: 1\r\n"),
        question("GET", "a.fr", "/", "TRANSFER-ENCODING: chunked\r\n"),
        question("GET", "a.fr", "/") * 2,
        question("GET", "a.fr", "/")[:-1],
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a.fr\r\n\r\n",
        b"",
    ],
)
def test_what_is_odd_or_the_portal_s_own_goes_the_long_way(quick: Quick, asked: bytes) -> None:
    assert quick(asked) is None


@pytest.mark.parametrize(
    ("host", "path", "probes"),
    [
        ("CAPTIVE.apple.com:80", "/hotspot-detect.html", 1),
        ("detectportal.firefox.com", "/success.txt?ipv4", 1),
        ("captive.apple.com", "/else", 0),
        ("www.exemple.fr", "/generate_204", 0),
    ],
)
def test_the_quick_way_counts_probes_too(host: str, path: str, probes: int) -> None:
    counts = Counts()
    assert Quick(Captive(ADDRESS), counts)(question("GET", host, path))
    assert counts.take().get("probe", 0) == probes


@given(st.binary(max_size=200) | st.text(st.sampled_from("GET /a.HTP10:host\r\n ")).map(str.encode))
def test_no_bytes_break_the_quick_way(asked: bytes) -> None:
    Quick(Captive(ADDRESS), Counts())(asked)
    Quick(Captive(ADDRESS), Counts())(b"GET / HTTP/1.1\r\nHost: " + asked + b"\r\n\r\n")


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
def test_success_bodies_have_the_published_length(host: str, path: str, length: int) -> None:
    (answer,) = (probe.success for probe in PROBES if host in probe.hosts and path in probe.paths)
    assert len(answer.body) == length
    assert answer.status == ("200 OK" if length else "204 No Content")
    assert ("Cache-Control", "no-store") in answer.headers
    assert dict(answer.headers).get("Content-Length") == (str(length) if length else None)


@pytest.mark.parametrize(
    "host", ["CAPTIVE.apple.com", "captive.apple.com:80", "captive.apple.com."]
)
def test_a_host_is_known_however_it_is_written(captive: Captive, host: str) -> None:
    assert captive.is_probe(host, "/hotspot-detect.html")


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("www.exemple.fr", "/"),
        ("www.exemple.fr", "/quoi?que=ce+soit"),
        # Where Windows and a Kindle open a browser once they know.
        ("www.msftconnecttest.com", "/redirect"),
        ("spectrum.s3.amazonaws.com", "/kindle-wifi/wifiredirect.html"),
        # Where a phone goes that is told an address instead of a name.
        ("198.51.100.1", "/"),
    ],
)
def test_a_captured_name_leads_to_the_portal(
    visitor: FlaskClient, quick: Quick, host: str, path: str
) -> None:
    answer = visitor.get(path, base_url=f"http://{host}")
    assert (answer.status_code, answer.location) == (302, PORTAL)
    said = quick(question("GET", host, path))
    assert said is not None
    assert f"\r\nLocation: {PORTAL}\r\n".encode() in said


@pytest.mark.parametrize("host", [ADDRESS, f"{ADDRESS}:80", f"{ADDRESS}:8080", "TRIPORTEUR.lan."])
def test_the_portal_serves_its_own_name(captive: Captive, host: str) -> None:
    assert captive.is_own(host)


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
