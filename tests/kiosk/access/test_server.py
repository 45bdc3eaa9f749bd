"""The server among strangers: slow, rude, many, and none of them in the way of the team."""

import logging
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kiosk.access.test_tls import hang_up_after, shake
from tests.kiosk.access.trike import HOST, NAME, Trike, pages, served, serving
from tests.rig import wait_for
from triporteur_kiosk.secured import server as limits
from triporteur_kiosk.secured.server import MAX_BODY_BYTES, SecuredServer

pytestmark = pytest.mark.slow

ASKED = f"GET /jumeler HTTP/1.1\r\nHost: {NAME}\r\n".encode()


def test_strangers_who_never_shake_hands_keep_nobody_out(console: Trike) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(socket.create_connection((HOST, console.port)))
        assert console.phone().get("/jumeler").status == 200


def test_strangers_who_stop_in_the_middle_keep_nobody_out(console: Trike) -> None:
    with ExitStack() as stack:
        for _ in range(30):
            line = stack.enter_context(shake(console, console.context()))
            line.sendall(ASKED)
        for _ in range(30):
            mute = stack.enter_context(socket.create_connection((HOST, console.port)))
            mute.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
        for _ in range(5):
            assert console.phone().get("/jumeler").status == 200


def test_whoever_stays_without_a_word_is_hung_up_on(
    trike: Trike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IDLE_S", 0.2)
    with served(trike), socket.create_connection((HOST, trike.port), timeout=60) as silent:
        assert silent.recv(100) == b""


def test_whoever_never_takes_the_answer_is_hung_up_on(
    trike: Trike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LIFE_S", 0.2)
    app = Flask(__name__)
    app.add_url_rule("/", "long", lambda: "x" * 50_000_000)
    server = SecuredServer(app, HOST, 0)
    with serving(server), socket.create_connection((HOST, server.port), timeout=60) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1000)
        with pytest.raises(OSError, match=r"reset by peer|roken pipe"):
            _ask_and_never_take(slow)


def _ask_and_never_take(line: socket.socket) -> None:
    line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    line.recv(100)
    _write_until_it_fails(line, b"\r\n")


def _write_until_it_fails(line: socket.socket, words: bytes) -> None:
    def never() -> bool:
        line.sendall(words)
        return False

    wait_for(never, "the server hangs up")


@pytest.mark.parametrize("length", [MAX_BODY_BYTES + 1, 10**12, -1, "x"])
def test_a_body_too_large_is_not_read(console: Trike, length: object) -> None:
    with shake(console, console.context()) as line:
        line.sendall(
            f"POST /jumeler HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        said = line.recv(1000)
    assert said == b"" or said.startswith(b"HTTP/1.1 4")


def test_a_body_that_never_ends_is_cut_off(console: Trike) -> None:
    with shake(console, console.context()) as line:
        line.sendall(
            f"POST /jumeler HTTP/1.1\r\nHost: {NAME}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        with pytest.raises(OSError, match=r"reset by peer|roken pipe|EOF occurred"):
            _write_until_it_fails(line, 20 * (b"400\r\n" + b"x" * 1024 + b"\r\n"))
    assert console.phone().get("/jumeler").status == 200


def test_headers_too_long_are_not_read(console: Trike) -> None:
    with shake(console, console.context()) as line:
        try:
            line.sendall(ASKED + b"X: " + b"x" * 100_000 + b"\r\n\r\n")
            said = line.recv(1000)
        except OSError:
            said = b""
    assert not said.startswith(b"HTTP/1.1 2")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(said=st.binary(max_size=300))
def test_whatever_is_said_the_console_goes_on(console: Trike, said: bytes) -> None:
    try:
        with shake(console, console.context()) as line:
            line.sendall(said + b"\r\n\r\n")
            line.settimeout(0.05)
            line.recv(1000)
    except OSError:
        pass
    assert console.phone().get("/jumeler").status == 200


def test_all_that_a_browser_asks_at_once_is_answered(trike: Trike) -> None:
    """Each time by another connection: it opens six, and six before may not be seen closed yet."""
    app = pages()
    with served(trike, app):
        phone = trike.phone()
        phone.pair(trike.invite().code)
        with ThreadPoolExecutor(limits.MAX_OF_ONE_ADDRESS // 2) as browser:
            answers = list(browser.map(lambda _: phone.post("/change", {"word": "o"}), range(80)))
        assert {answer.text for answer in answers} == {"o"}
        assert app.config["changed"] == 80


def test_a_page_that_fails_is_told_in_the_log_without_who_asked_for_it(
    trike: Trike, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_environ: object, _start: object) -> list[bytes]:
        raise RuntimeError("a page broke")

    server = SecuredServer(broken, HOST, 0)
    with serving(server), socket.create_connection((HOST, server.port), timeout=60) as line:
        line.sendall(b"GET /?secret HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 500")
    assert "a page broke" in caplog.text
    assert "secret" not in caplog.text
    assert HOST not in caplog.text


@pytest.mark.parametrize("port", ["", "9" * 5000, "9" * 15_000], ids=["none", "5000", "15000"])
def test_a_host_that_no_browser_names_is_answered_and_fills_no_log(
    console: Trike, caplog: pytest.LogCaptureFixture, port: str
) -> None:
    with shake(console, console.context()) as line:
        line.sendall(f"GET /jumeler HTTP/1.1\r\nHost: {NAME}:{port}\r\n\r\n".encode())
        line.settimeout(60)
        assert line.recv(1000).startswith(b"HTTP/1.1 400")
    assert "Traceback" not in caplog.text


def test_who_knocks_is_in_no_log(console: Trike, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which does not know our authority
    for name in (NAME, "evil.example"):
        with pytest.raises(ssl.SSLError):
            shake(console, context, name)
    with socket.create_connection((HOST, console.port), timeout=60) as line:
        line.sendall(b"\x80nonsense" * 10)
        hang_up_after(line)
    with shake(console, console.context()) as tls:
        tls.sendall(b"BROKEN\r\n\r\n")
        tls.recv(100)
    assert HOST not in caplog.text


def test_a_hundred_visits_leave_nothing_open(console: Trike) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    for _ in range(100):
        with shake(console, console.context()) as line:
            line.sendall(ASKED + b"\r\n")
            line.recv(10)
    assert console.phone().get("/jumeler").status == 200
    assert open_files() <= before + limits.MAX_OF_ONE_ADDRESS


def answering_nobody(each_second: Callable[[], None] = lambda: None) -> SecuredServer:
    return SecuredServer(Flask("test").wsgi_app, HOST, 0, each_second=each_second)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_from_within_and_is_heard_by_others_again(number: signal.Signals) -> None:
    told: list[int] = []
    before = signal.signal(number, lambda number, _: told.append(number))
    try:
        answering_nobody(lambda: signal.raise_signal(number)).run()
        assert told == []
        signal.raise_signal(number)
    finally:
        signal.signal(number, before)
    assert told == [number]


def test_what_is_told_to_end_before_it_begins_ends() -> None:
    server = answering_nobody()
    server.stop()
    server.run()
    server.stop()  # and once more, as late as can be


def test_pages_that_are_being_answered_do_not_keep_it_from_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    release, asked = threading.Event(), threading.Semaphore(0)

    def slow(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        asked.release()
        release.wait()
        start_response("200 OK", [])
        return []

    server = SecuredServer(slow, HOST, 0)
    ended = threading.Thread(target=server.run)
    ended.start()
    with ExitStack() as stack:
        for _ in range(8):
            line = stack.enter_context(socket.create_connection((HOST, server.port)))
            line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in range(4):  # the others wait for a thread
            assert asked.acquire(timeout=60)
        server.stop()
        ended.join(60)
        assert not ended.is_alive()
        release.set()
    assert not caplog.records
