"""The line to the console: what it speaks, what it shows, and to whom."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest

from tests.kiosk.access.trike import HOST, NAME, Phone, Trike, served
from tests.rig import wait_for

pytestmark = pytest.mark.slow

OLD = "ignore:ssl.TLSVersion.*deprecated:DeprecationWarning"


def shake(trike: Trike, context: ssl.SSLContext, name: str | None = NAME) -> ssl.SSLSocket:
    """A connection after its handshake. Raises OSError."""
    line = socket.create_connection((HOST, trike.port), timeout=60)
    try:
        return context.wrap_socket(line, server_hostname=name)
    except OSError:
        line.close()
        raise


def hang_up_after(line: socket.socket) -> bytes:
    """All that is said before the server hangs up, politely or not."""
    said = b""
    with suppress(ConnectionResetError):
        while more := line.recv(1000):
            said += more
    return said


def serial(trike: Trike) -> str:
    with shake(trike, trike.context()) as line:
        return str((line.getpeercert() or {})["serialNumber"])


def test_it_speaks_tls_1_3(console: Trike) -> None:
    with shake(console, console.context()) as line:
        assert line.version() == "TLSv1.3"


def test_it_speaks_tls_1_2_to_older_phones_with_forward_secrecy(console: Trike) -> None:
    context = console.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with shake(console, context) as line:
        cipher = line.cipher()
        assert line.version() == "TLSv1.2"
    assert cipher
    assert cipher[0].startswith("ECDHE-ECDSA-")


@pytest.mark.filterwarnings(OLD)
def test_it_speaks_nothing_older(console: Trike) -> None:
    context = console.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        shake(console, context)


def test_the_certificate_is_a_strict_verifier_s(console: Trike) -> None:
    with shake(console, console.context()) as line:
        told = line.getpeercert() or {}
    assert told["subjectAltName"] == (("DNS", NAME),)
    assert told["subject"] == ((("commonName", "Triporteur console"),),)


@pytest.mark.parametrize("name", ["evil.example", "zoe.triporteur.internal", "www.gouv.fr"])
def test_who_asks_for_another_name_is_told_so_and_shown_nothing(console: Trike, name: str) -> None:
    context = console.context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        shake(console, context, name)


def test_plain_http_is_answered_by_nothing(console: Trike) -> None:
    with socket.create_connection((HOST, console.port), timeout=60) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: ben.triporteur.internal\r\n\r\n")
        said = hang_up_after(line)
    assert b"HTTP" not in said


def test_another_certificate_is_shown_without_a_restart_and_nobody_is_hung_up_on(
    trike: Trike,
) -> None:
    papers = trike.papers()
    trike.certified(papers, ago=timedelta(days=1))
    with served(trike, papers=papers):
        before = serial(trike)
        with shake(trike, trike.context()) as talking:
            papers._asking = None
            papers._ask(needed=True)
            trike.certified(papers)
            wait_for(lambda: serial(trike) != before, "the new certificate is shown")
            talking.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            assert talking.recv(1000).startswith(b"HTTP/1.1 403")


def test_without_a_certificate_nobody_comes_in_until_there_is_one(trike: Trike) -> None:
    papers = trike.papers()
    with served(trike, papers=papers):
        with pytest.raises(ssl.SSLError):
            shake(trike, trike.context())
        trike.certified(papers)

        def comes_in() -> bool:
            try:
                return trike.phone().get("/jumeler").status == 200
            except OSError:
                return False

        wait_for(comes_in, "the console shows its certificate")


def test_what_a_phone_and_the_console_say_cannot_be_read_on_the_way(trike: Trike) -> None:
    """A relay between the two, as anybody on the Wi-Fi may be, writes down every byte."""
    with served(trike), Relay(trike.port) as relay:
        there, trike.port = trike.port, relay.port
        secret = trike.invite()
        phone = Phone(trike)
        assert phone.pair(secret.code).status == 303
        assert "PARTEZ" in phone.get().text
        trike.port = there
    assert len(relay.seen) > 2000
    for word in (secret.code, secret.link, phone.cookie, "jumeler", "PARTEZ", "__Host-console"):
        assert word.encode() not in relay.seen
    assert b"ben.triporteur.internal" in relay.seen  # the name that is asked for: TLS tells it


class Relay:
    """Passes bytes on between two, and keeps them."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listening = socket.create_server((HOST, 0))
        self.port = int(self._listening.getsockname()[1])
        self.seen = bytearray()
        self._threads: list[Thread] = []

    def __enter__(self) -> "Relay":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _start(self, work: Callable[..., None], *given: socket.socket) -> None:
        thread = Thread(target=work, args=given)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection((HOST, self._to))
            self._start(self._pass, near, far)
            self._start(self._pass, far, near)

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                self.seen.extend(said)
                target.sendall(said)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        source.close()
