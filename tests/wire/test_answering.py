"""A server that answers is alive: whoever asked it."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.rig import free_port, wait_for
from triporteur_wire.answering import Answering, ask_page
from triporteur_wire.manager import Manager


class Heard:
    """What the manager was told, as it comes."""

    def __init__(self, path: Path) -> None:
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(path))
        self.line.settimeout(60)
        environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "40000"}
        now_s = iter(range(0, 1_000_000, 10))
        self.manager = Manager(environment, lambda: float(next(now_s)))

    def next(self) -> str:
        return self.line.recv(100).decode()


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    one = Heard(tmp_path / "notify")
    yield one
    one.line.close()


@pytest.fixture
def begin() -> Iterator[Callable[[Answering], None]]:
    stop, threads = threading.Event(), list[threading.Thread]()

    def run(answering: Answering) -> None:
        threads.append(threading.Thread(target=answering.run, args=(stop,)))
        threads[-1].start()

    yield run
    stop.set()
    for thread in threads:
        thread.join()


def test_a_server_is_ready_once_it_answered(
    heard: Heard, begin: Callable[[Answering], None]
) -> None:
    answers = iter([False, False])
    begin(Answering(heard.manager, lambda: next(answers, True)))
    assert [heard.next(), heard.next()] == ["WATCHDOG=1", "READY=1"]


def test_a_server_that_ends_says_so(heard: Heard) -> None:
    stop = threading.Event()
    stop.set()
    Answering(heard.manager, lambda: True).run(stop)
    assert [heard.next() for _ in range(3)] == ["WATCHDOG=1", "READY=1", "STOPPING=1"]


def test_a_quiet_server_goes_on_asking_itself(
    heard: Heard, begin: Callable[[Answering], None]
) -> None:
    begin(Answering(heard.manager, lambda: True))
    said = [heard.next() for _ in range(5)]
    assert said == ["WATCHDOG=1", "READY=1", *["WATCHDOG=1"] * 3]


def test_a_server_that_answers_no_more_says_nothing(
    heard: Heard, begin: Callable[[Answering], None]
) -> None:
    asked: list[bool] = []

    def ask() -> bool:
        asked.append(True)
        if len(asked) > 1:
            raise TimeoutError
        return True

    begin(Answering(heard.manager, ask))
    assert [heard.next(), heard.next()] == ["WATCHDOG=1", "READY=1"]
    wait_for(lambda: len(asked) > 5, "it asks itself, in vain")
    heard.line.setblocking(False)
    with pytest.raises(BlockingIOError):
        heard.next()


def test_a_page_for_somebody_else_counts(heard: Heard) -> None:
    answering = Answering(heard.manager, lambda: False)
    pages = answering.around(lambda environ, start: [environ["PATH_INFO"].encode()])
    assert list(pages({"PATH_INFO": "/x"}, lambda *_: lambda _: None)) == [b"/x"]
    assert heard.next() == "WATCHDOG=1"


def test_without_a_manager_nobody_asks() -> None:
    Answering(Manager({}), lambda: pytest.fail("asked")).run(threading.Event())


def test_any_page_is_an_answer_and_silence_is_none() -> None:
    class NotFound(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert (self.path, self.headers["Host"]) == ("/nowhere", "a.example")
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), NotFound) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert ask_page(("127.0.0.1", server.server_port), "a.example", "/nowhere")
        thread.join()
    with pytest.raises(OSError, match="refused"):
        ask_page(("127.0.0.1", free_port()), "a.example", "/")
