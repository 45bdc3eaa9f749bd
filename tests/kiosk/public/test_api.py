"""The API of RFC 8908: each phone reads its own state, over TLS alone, or finds no API."""

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.kiosk.public.keeper import Keeper, keeping, state, tell
from tests.kiosk.public.portal import portal
from tests.network.certificates import Authority
from tests.rig import wait_for
from triporteur_kiosk.config import API_PATH, Listen, SecuredPortal
from triporteur_kiosk.gate import told as told_by_the_gate
from triporteur_kiosk.public.api import Api
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.gate import Gate
from triporteur_kiosk.public.secured import Papers, SecuredDoor
from triporteur_kiosk.serving import beside
from triporteur_wire.gate import Access, Visitor, Welcome

pytestmark = pytest.mark.slow

NAME = "triporteur.exemple.fr"
URL = f"https://{NAME}/"
PHONE = {"REMOTE_ADDR": "10.77.0.9"}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a gate said once is not old while a busy machine stands still."""
    monkeypatch.setattr(told_by_the_gate, "STALE_AFTER_MS", 50_000)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    with keeping(tmp_path) as keeper:
        yield keeper


def api(content: Content, folder: Path) -> Api:
    gate = Gate(folder, patience_s=60)
    return Api(portal(content, address=NAME, gate=gate), gate, NAME)


@pytest.fixture
def phone(content: Content, tmp_path: Path) -> Client:
    return Client(api(content, tmp_path))


def told(phone: Client) -> dict[str, object]:
    answer = phone.get(API_PATH, base_url=URL, environ_overrides=PHONE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/captive+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.text) <= 4096  # Android reads no more
    return dict(json.loads(answer.text))


def test_a_visitor_reads_that_it_is_captive_and_then_what_is_left(
    phone: Client, keeper: Keeper
) -> None:
    captive = {"captive": True, "user-portal-url": URL, "venue-info-url": URL}
    assert told(phone) == captive
    Gate(keeper.folder, patience_s=60).welcome("10.77.0.9")
    assert told(phone) == captive | {
        "captive": False,
        "can-extend-session": False,
        "seconds-remaining": 4860,
        "bytes-remaining": 150_999_999,
    }


def test_where_nothing_is_limited_no_limit_is_told(phone: Client, keeper: Keeper) -> None:
    keeper.visitor = Visitor(True)
    Gate(keeper.folder, patience_s=60).welcome("10.77.0.9")
    assert told(phone).keys() == {
        "captive", "user-portal-url", "venue-info-url", "can-extend-session",
    }  # fmt: skip


@pytest.mark.parametrize("access", ["local", "partners"])
def test_while_the_internet_is_not_open_everybody_is_captive(
    phone: Client, keeper: Keeper, access: Access
) -> None:
    tell(keeper.folder, state(access))
    assert told(phone)["captive"] is True
    assert keeper.heard == []


@pytest.mark.parametrize("away", ["old", "mute"])
def test_a_gate_that_is_away_leaves_the_phone_to_its_probes(
    phone: Client, keeper: Keeper, away: str
) -> None:
    if away == "old":
        tell(keeper.folder, state(age_ms=60_000))
    keeper.says = b""
    answer = phone.get(API_PATH, base_url=URL, environ_overrides=PHONE)
    assert (answer.status_code, answer.data) == (503, b"")


def test_the_api_only_tells(phone: Client, keeper: Keeper) -> None:
    answer = phone.post(API_PATH, base_url=URL, environ_overrides=PHONE)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert phone.head(API_PATH, base_url=URL, environ_overrides=PHONE).data == b""
    assert Welcome("10.77.0.9") not in keeper.heard


def test_beside_the_api_the_pages_stand(phone: Client, keeper: Keeper) -> None:
    assert "Bienvenue" in phone.get("/", base_url=URL).text
    other = phone.get(API_PATH, base_url="https://exemple.fr/")
    assert (other.status_code, other.headers["Location"]) == (302, f"http://{NAME}/")
    said = {"Origin": URL.rstrip("/")}
    asked = phone.post("/internet", base_url=URL, headers=said, environ_overrides=PHONE)
    assert asked.status_code == 303


@contextmanager
def secured(content: Content, gate: Path, papers: Path) -> Iterator[int]:
    where = SecuredPortal(Listen("127.0.0.1", 0), papers / "certificate.pem", papers / "key.pem")
    door = SecuredDoor(api(content, gate), where, NAME)
    with beside(door.run):
        yield door.port


def ask(port: int, trust: ssl.SSLContext, name: str, path: str) -> tuple[int, bytes]:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as line,
        trust.wrap_socket(line, server_hostname=name) as safe,
    ):
        safe.sendall(f"GET {path} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        answer = HTTPResponse(safe)
        answer.begin()
        return answer.status, answer.read()


def shows(port: int, authority: Authority) -> bool:
    try:
        return ask(port, authority.trust, NAME, "/")[0] == 200
    except OSError:
        return False


def test_a_trusted_phone_is_told_and_one_that_asks_for_another_name_is_hung_up_on(
    content: Content, keeper: Keeper, tmp_path: Path
) -> None:
    authority = Authority([NAME])
    authority.issue(tmp_path, NAME)
    with secured(content, keeper.folder, tmp_path) as port:
        wait_for(lambda: shows(port, authority), "the certificate is shown")
        status, body = ask(port, authority.trust, NAME, API_PATH)
        assert (status, json.loads(body)["captive"]) == (200, True)
        with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
            ask(port, authority.trust, "www.exemple.fr", "/")


def test_a_certificate_comes_and_is_replaced_while_phones_are_served(
    content: Content, keeper: Keeper, tmp_path: Path
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    one, two = Authority([NAME]), Authority([NAME])
    with secured(content, keeper.folder, papers) as port:
        assert not shows(port, one)
        one.issue(papers, NAME)
        wait_for(lambda: shows(port, one), "the first is shown")
        two.issue(papers, NAME)
        wait_for(lambda: shows(port, two), "the second is shown")


def test_a_bad_certificate_is_told_once_and_the_last_good_one_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    authority = Authority([NAME])
    authority.issue(tmp_path, NAME)
    where = SecuredPortal(
        Listen("127.0.0.1", 0), tmp_path / "certificate.pem", tmp_path / "key.pem"
    )
    papers = Papers(where, NAME)
    good = papers.chain()
    assert good
    authority.issue(tmp_path, "autre.exemple.fr")
    assert [papers.chain() for _ in range(3)] == [good] * 3
    (line,) = caplog.messages
    assert "does not hold for triporteur.exemple.fr" in line
