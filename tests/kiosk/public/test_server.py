"""The portal's server on a real socket: it hangs up, names nobody and logs no visitor."""

import logging
import socket

import pytest

from tests.kiosk.public.portal import portal, served
from triporteur_kiosk.public.content import Content


def exchange(port: int, request: str) -> bytes:
    """Everything the server sends until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as phone:
        phone.sendall(request.encode("latin-1"))
        return b"".join(iter(lambda: phone.recv(65_536), b""))


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.parametrize(
    ("host", "path", "first_line"),
    [
        ("connectivitycheck.gstatic.com", "/generate_204", "302 Found"),
        ("triporteur.lan", "/", "200 OK"),
        ("triporteur.lan", "/rien", "404 NOT FOUND"),
    ],
)
def test_an_answer_closes_the_connection_and_names_no_software(
    content: Content, host: str, path: str, first_line: str, connection: str, version: str
) -> None:
    with served(portal(content)) as port:
        answer = exchange(
            port,
            f"GET {path} HTTP/{version}\r\nHost: {host}\r\nConnection: {connection}\r\n\r\n",
        )
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/{version} {first_line}".encode())
    assert head.count(b"\r\nConnection: ") == head.count(b"\r\nConnection: close") == 1
    assert f"\r\nContent-Length: {len(body)}".encode() in head
    assert b"\r\nServer:" not in head


@pytest.mark.parametrize(
    "request_text",
    [
        "GET http://captive.apple.com/ HTTP/1.1\r\nHost: captive.apple.com\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /%ff%00 HTTP/1.1\r\nHost: \xe9\xff\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a.fr\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_odd_requests_are_led_to_the_portal(content: Content, request_text: str) -> None:
    with served(portal(content)) as port:
        answer = exchange(port, request_text)
    assert answer.split(b"\r\n")[0].endswith(b" 302 Found")
    assert b"\r\nLocation: http://triporteur.lan/\r\n" in answer


def test_the_server_logs_no_visit(content: Content, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), served(portal(content)) as port:
        exchange(port, "GET /1 HTTP/1.1\r\nHost: triporteur.lan\r\nUser-Agent: Moi\r\n\r\n")
        exchange(port, "GET / HTTP/1.1\r\nHost: exemple.fr\r\nUser-Agent: Moi\r\n\r\n")
    assert caplog.records == []
