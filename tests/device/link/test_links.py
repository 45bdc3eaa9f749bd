"""Links on real pseudo-terminals, sockets and files."""

import os
import socket
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from triporteur_device.link import Link, LinkLost, open_link


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


def read_all(link: Link, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += link.read(1.0)
    return data


def test_bytes_go_both_ways_through_a_serial_port(terminal: tuple[int, str]) -> None:
    device, path = terminal
    link = open_link(path, 9600)
    os.write(device, bytes(range(256)))
    assert read_all(link, 256) == bytes(range(256))
    link.write(b"\xdd\xa5")
    assert os.read(device, 10) == b"\xdd\xa5"
    link.close()


def test_a_silent_line_gives_nothing(terminal: tuple[int, str]) -> None:
    link = open_link(terminal[1], 9600)
    assert link.read(0.01) == b""
    link.close()


@pytest.mark.parametrize("call", ["read", "write"])
def test_an_unplugged_port_is_lost_whatever_call_meets_it(
    terminal: tuple[int, str], call: str
) -> None:
    device, path = terminal
    link = open_link(path, 9600)
    os.close(device)
    with pytest.raises(LinkLost):
        link.read(0.01) if call == "read" else link.write(b"\xdd")
    link.close()


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
        link = open_link(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600)
        device, _ = server.accept()
        with device:
            device.sendall(b"hello")
            assert read_all(link, 5) == b"hello"
            link.write(b"well")
            assert device.recv(10) == b"well"
        with pytest.raises(LinkLost):
            read_all(link, 1)
        link.close()


def test_a_recording_plays_once_and_then_is_silent(tmp_path: Path) -> None:
    file = tmp_path / "stream.bin"
    file.write_bytes(bytes(range(200)))
    link = open_link(f"replay:{file}", 115200)
    assert read_all(link, 200) == bytes(range(200))
    link.write(b"ignored")
    assert link.read(0.0) == b""
    link.close()


def test_a_recording_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(LinkLost):
        open_link(f"replay:{tmp_path / 'none'}", 9600)
