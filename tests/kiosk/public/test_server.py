"""The portal's server on a real socket: it hangs up, names nobody and logs no visitor."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

import pytest

from tests.kiosk.public.portal import portal, served
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.server import MAX_CONNECTIONS

pytestmark = pytest.mark.slow


def exchange(port: int, request: str) -> bytes:
    """Everything the server sends until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as phone:
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
        "GET http://captive.apple.com/ HTTP/1.1\r\nHost: triporteur.lan\r\n\r\n",
        "GET HTTP://a.fr HTTP/1.1\r\nHost: triporteur.lan\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a.fr\r\nContent-Length: 3\r\n\r\nabc",
    ],
)
def test_odd_requests_are_led_to_the_portal(content: Content, request_text: str) -> None:
    with served(portal(content)) as port:
        answer = exchange(port, request_text)
    assert answer.split(b"\r\n")[0].endswith(b" 302 Found")
    assert b"\r\nLocation: http://triporteur.lan/\r\n" in answer


def test_a_whole_url_as_target_outweighs_the_host(content: Content) -> None:
    with served(portal(content)) as port:
        answer = exchange(port, "GET http://triporteur.lan/1 HTTP/1.1\r\nHost: a.fr\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


@contextmanager
def trickling(port: int, count: int) -> Iterator[list[socket.socket]]:
    """So many connections of a phone that sends each a byte a second and never a whole request."""
    done = Event()
    with ExitStack() as stack:
        phones = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            for _ in range(count)
        ]

        def say(words: bytes) -> None:
            for phone in phones:
                with suppress(OSError):  # the server has hung up, as it should
                    phone.send(words)

        def trickle() -> None:
            say(b"GET / HTTP/1.1\r\nHost: a")
            while not done.wait(1):
                say(b"a")

        thread = Thread(target=trickle)
        thread.start()
        try:
            yield phones
        finally:
            done.set()
            thread.join()


@pytest.mark.slow
def test_a_phone_that_takes_every_place_keeps_nobody_out(content: Content) -> None:
    with served(portal(content)) as port, trickling(port, MAX_CONNECTIONS + 50):
        for _ in range(3):
            answer = exchange(
                port,
                "GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n",
            )
            assert answer.startswith(b"HTTP/1.1 302 Found\r\n")


@pytest.mark.slow
def test_a_connection_that_only_trickles_is_hung_up_on(content: Content) -> None:
    with served(portal(content)) as port, trickling(port, 3) as phones:
        for phone in phones:
            with suppress(ConnectionResetError):
                assert phone.recv(1) == b""


def test_a_question_in_two_pieces_is_answered_too(content: Content) -> None:
    with served(portal(content)) as port, socket.create_connection(("127.0.0.1", port)) as phone:
        phone.settimeout(60)
        phone.sendall(b"GET /generate_204 HTTP/1.1\r\nHost: a")
        phone.sendall(b".fr\r\n\r\n")
        answer = b"".join(iter(lambda: phone.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 302 Found\r\n")


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01", b"GET http://[ HTTP/1.1\r\n\r\n"])
def test_who_says_nonsense_and_goes_leaves_no_trace(
    content: Content, caplog: pytest.LogCaptureFixture, said: bytes
) -> None:
    with served(portal(content)) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as phone:
            phone.sendall(said)
            phone.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                phone.recv(65_536)
        exchange(port, "GET / HTTP/1.1\r\nHost: a.fr\r\n\r\n")
    assert "127.0.0.1" not in caplog.text


def test_one_socket_serves_both_families(content: Content) -> None:
    asked = "GET / HTTP/1.1\r\nHost: triporteur.lan\r\n\r\n"
    with served(portal(content), host="::") as port:
        assert exchange(port, asked).startswith(b"HTTP/1.1 200 OK\r\n")
        with socket.create_connection(("::1", port), timeout=60) as phone:
            phone.sendall(asked.encode())
            assert phone.recv(16).startswith(b"HTTP/1.1 200 OK")


def test_the_server_logs_no_visit(content: Content, caplog: pytest.LogCaptureFixture) -> None:
    # As the portal's process has it: a crowd that waits for waitress is told of nowhere.
    caplog.set_level(logging.ERROR, "waitress")
    with caplog.at_level(logging.DEBUG), served(portal(content)) as port:
        exchange(port, "GET /1 HTTP/1.1\r\nHost: triporteur.lan\r\nUser-Agent: Moi\r\n\r\n")
        exchange(port, "GET / HTTP/1.1\r\nHost: exemple.fr\r\nUser-Agent: Moi\r\n\r\n")
    others = "asyncio"  # of a server that another test left to end in its thread
    assert [record for record in caplog.records if record.name != others] == []
