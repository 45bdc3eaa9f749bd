"""What a month costs, counted on real TCP connections."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import wait_for
from triporteur_device.delivery.link_meter import LinkMeter, carried

NOVEMBER, DECEMBER = 1_795_335_774_337, 1_796_335_774_337


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        near = socket.create_connection(listening.getsockname())
        far, _ = listening.accept()
    with near, far:
        yield near, far


def meter(path: Path, budget_bytes: int = 0, utc_ms: int | None = NOVEMBER) -> LinkMeter:
    return LinkMeter(path / "link.json", budget_bytes, lambda: utc_ms)


def test_bytes_both_ways_are_counted_with_the_headers_below_them(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    near, far = ends
    counting = meter(tmp_path)
    counting.look(near)
    before = counting.use
    near.sendall(b"x" * 100_000)
    read = 0
    while read < 100_000:
        read += len(far.recv(65536))
    far.sendall(b"y" * 5_000)
    wait_for(lambda: carried(near).received > 5_000, "the answer arrives")
    counting.look(near)
    assert 100_000 < counting.use.sent_bytes - before.sent_bytes < 115_000
    assert 5_000 < counting.use.received_bytes - before.received_bytes < 12_000
    assert counting.use.month == "2026-11"


def test_another_connection_adds_and_a_restart_goes_on(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    counting = meter(tmp_path)
    for end in ends:
        end.sendall(b"x" * 1_000)
        counting.look(end)
        counting.look(None)
    assert counting.use.sent_bytes > 2_000
    counting.keep()
    assert meter(tmp_path).use == counting.use


def test_what_a_connection_carried_until_it_closed_is_counted_once_in_whatever_order(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    near, far = ends
    counting = meter(tmp_path)
    near.sendall(b"x" * 1_000)
    counting.look(near)
    near.sendall(b"x" * 500)
    counting.look(None)
    counting.look(far)
    counting.count(near)
    counting.count(near)
    assert 1_500 < counting.use.sent_bytes < 2_000


def test_another_month_begins_at_nothing(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    counting = meter(tmp_path, budget_bytes=1_000)
    ends[0].sendall(b"x" * 1_000)
    counting.look(ends[0])
    assert counting.is_spent
    counting.keep()
    later = meter(tmp_path, budget_bytes=1_000, utc_ms=DECEMBER)
    later.look(None)
    assert (later.use.month, later.use.sent_bytes, later.is_spent) == ("2026-12", 0, False)


def test_what_is_counted_before_the_time_is_known_is_of_this_month(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    now: list[int | None] = [None]
    counting = LinkMeter(tmp_path / "link.json", 0, lambda: now[0])
    ends[0].sendall(b"x" * 1_000)
    counting.look(ends[0])
    assert counting.use.month == ""
    now[0] = NOVEMBER
    counting.look(ends[0])
    assert counting.use.month == "2026-11"
    assert counting.use.sent_bytes > 1_000


def test_a_closed_connection_and_a_damaged_file_stop_nothing(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    (tmp_path / "link.json").write_bytes(b"\xff{")
    counting = meter(tmp_path)
    ends[0].close()
    counting.look(ends[0])
    assert counting.use.sent_bytes == 0


def test_without_a_budget_no_month_is_spent(
    tmp_path: Path, ends: tuple[socket.socket, socket.socket]
) -> None:
    counting = meter(tmp_path)
    ends[0].sendall(b"x" * 1_000)
    counting.look(ends[0])
    assert not counting.is_spent
