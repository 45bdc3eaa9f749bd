"""Links on real pseudo-terminals, sockets and files."""

import os
import socket
import tty
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import serial

from tests.device.link.unplugged import protocol_unplugged as unplugged
from triporteur_device.link import Link, LinkLost, open_link

READ = bytes.fromhex("dda50300fffd77")


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """The device's end of a pseudo-terminal and the path of ours."""
    device, ours = os.openpty()
    tty.setraw(ours)
    path = os.ttyname(ours)
    os.close(ours)
    yield device, path
    with suppress(OSError):  # unplugged by the test
        os.close(device)


def read_all(link: Link, count: int, timeout_s: float = 1.0) -> bytes:
    data = b""
    while len(data) < count:
        data += link.read(timeout_s)
    return data


def test_bytes_go_both_ways_through_a_serial_port(terminal: tuple[int, str]) -> None:
    device, path = terminal
    link = open_link(path, 9600, {READ})
    os.write(device, bytes(range(256)))
    assert read_all(link, 256) == bytes(range(256))
    link.write(READ)
    assert os.read(device, 10) == READ
    link.close()


def test_what_waits_already_is_read_without_waiting(terminal: tuple[int, str]) -> None:
    device, path = terminal
    link = open_link(path, 9600)
    assert link.read(0.0) == b""
    os.write(device, READ)
    assert read_all(link, 1, timeout_s=0.0) + link.read(0.0) == READ
    link.close()


def test_a_silent_line_gives_nothing(terminal: tuple[int, str]) -> None:
    link = open_link(terminal[1], 9600)
    assert link.read(0.01) == b""
    link.close()


CALLS: dict[str, Callable[[Link], object]] = {
    "read": lambda link: link.read(0.01),
    "look": lambda link: link.read(0.0),
    "write": lambda link: link.write(READ),
}
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@calls
def test_an_unplugged_port_is_lost_whatever_call_meets_it(
    terminal: tuple[int, str], call: Callable[[Link], object]
) -> None:
    device, path = terminal
    link = open_link(path, 9600, {READ})
    os.close(device)
    with pytest.raises(LinkLost):
        call(link)
    link.close()


@calls
@pytest.mark.parametrize("error", unplugged.ERRORS, ids=repr)
def test_a_port_that_fails_is_lost_however_the_system_says_so(
    call: Callable[[Link], object], error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial, "protocol_handler_packages", [unplugged.HANDLERS])
    monkeypatch.setattr(unplugged, "now", None)
    link = open_link("unplugged://", 9600, {READ})
    call(link)
    monkeypatch.setattr(unplugged, "now", error)
    with pytest.raises(LinkLost, match="unplugged:"):
        call(link)
    link.close()
    with pytest.raises(LinkLost):
        open_link("unplugged://", 9600)


def test_a_port_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(LinkLost):
        open_link(str(tmp_path / "ttyUSB0"), 9600)


def test_a_port_has_one_reader(terminal: tuple[int, str]) -> None:
    link = open_link(terminal[1], 9600)
    with pytest.raises(LinkLost):
        open_link(terminal[1], 9600)
    link.close()


def test_a_socket_stands_for_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = open_link(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600, {READ})
        device, _ = server.accept()
        with device:
            device.sendall(b"hello")
            assert read_all(link, 5) == b"hello"
            link.write(READ)
            assert device.recv(10) == READ
        with pytest.raises(LinkLost):
            read_all(link, 1)
        link.close()


def test_a_recording_plays_once_and_then_is_silent(tmp_path: Path) -> None:
    file = tmp_path / "stream.bin"
    file.write_bytes(bytes(range(200)))
    link = open_link(f"replay:{file}", 115200, {READ})
    assert read_all(link, 200) == bytes(range(200))
    link.write(READ)
    assert link.read(0.0) == b""
    link.close()


def test_a_recording_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(LinkLost):
        open_link(f"replay:{tmp_path / 'none'}", 9600)
