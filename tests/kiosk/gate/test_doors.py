"""The gate's doors, over real sockets: few verbs, few bytes, little time, and many at once."""

import asyncio
import socket
import stat
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from triporteur_kiosk.asking import ask_line
from triporteur_kiosk.gate.keeper import doors
from triporteur_kiosk.gate.keeper.doors import Door
from triporteur_wire.desk import MOST_BYTES, Done, Refused
from triporteur_wire.gate import (
    AskVisitor,
    FromConsole,
    FromPortal,
    SwitchHotspot,
    Told,
    Visitor,
    Welcome,
    decode_from_console,
    decode_from_portal,
    decode_told,
    encode,
)

PATIENCE_S = 120


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_HEARS_S", 3600.0)


async def visitor(asked: FromPortal) -> Told:
    return Visitor(welcomed=isinstance(asked, Welcome))


async def team(_: FromConsole) -> Told:
    return Done()


def at(path: Path, tell: Callable[[], None]) -> None:
    """Runs `tell` in a thread while the portal's door is open at `path`."""

    async def run() -> None:
        serving = asyncio.create_task(Door(path, decode_from_portal, visitor).run())
        while not path.exists():
            await asyncio.sleep(0)
        try:
            await asyncio.to_thread(tell)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(run())


def ask(path: Path, line: bytes) -> Told:
    return decode_told(ask_line(path, line, PATIENCE_S))


def test_a_question_is_answered(tmp_path: Path) -> None:
    def tell() -> None:
        assert ask(path, encode(Welcome("10.77.0.5"))) == Visitor(welcomed=True)
        assert ask(path, encode(AskVisitor("10.77.0.5"))) == Visitor(welcomed=False)

    path = tmp_path / "visitors.sock"
    at(path, tell)
    assert not path.exists()


@pytest.mark.parametrize(
    "line",
    [b"\n", b"{}\n", b"welcome\n", b"\xff\n", encode(SwitchHotspot(on=True)),
     b'{"verb":"welcome","address":7}\n', b'{"verb":"welcome","address":"' + b"1" * 46 + b'"}\n',
     b"x" * (MOST_BYTES + 1) + b"\n", b"x" * 100_000],
)  # fmt: skip
def test_what_is_not_heard_here_is_refused_in_french(tmp_path: Path, line: bytes) -> None:
    def tell() -> None:
        told = ask(path, line)
        assert isinstance(told, Refused)
        assert "rechargez la page" in told.sentence

    path = tmp_path / "visitors.sock"
    at(path, tell)


def test_the_team_s_door_welcomes_nobody(tmp_path: Path) -> None:
    async def run() -> None:
        door = Door(path, decode_from_console, team)
        serving = asyncio.create_task(door.run())
        while not path.exists():
            await asyncio.sleep(0)
        line = encode(Welcome("10.77.0.5"))
        assert isinstance(await asyncio.to_thread(ask, path, line), Refused)
        assert await asyncio.to_thread(ask, path, encode(SwitchHotspot(on=False))) == Done()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    path = tmp_path / "team.sock"
    asyncio.run(run())


def test_only_its_owner_and_its_group_may_open_it(tmp_path: Path) -> None:
    def tell() -> None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660

    path = tmp_path / "visitors.sock"
    at(path, tell)


def test_what_a_killed_gate_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "visitors.sock"
    for left in (path, path.with_name("visitors.sock.new")):
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(str(left))

    async def run() -> None:
        serving = asyncio.create_task(Door(path, decode_from_portal, visitor).run())
        line = encode(Welcome("10.77.0.5"))
        while not serving.done():
            try:
                assert await asyncio.to_thread(ask, path, line) == Visitor(welcomed=True)
                break
            except ConnectionRefusedError:
                continue
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(run())


def test_who_says_nothing_holds_up_nobody(tmp_path: Path) -> None:
    def tell() -> None:
        mute = [socket.socket(socket.AF_UNIX) for _ in range(20)]
        for one in mute:
            one.connect(str(path))
        assert ask(path, encode(Welcome("10.77.0.5"))) == Visitor(welcomed=True)
        for one in mute:
            one.close()

    path = tmp_path / "visitors.sock"
    at(path, tell)


def test_who_takes_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_HEARS_S", 0.05)

    def tell() -> None:
        assert isinstance(ask(path, b'{"verb":'), Refused)

    path = tmp_path / "visitors.sock"
    at(path, tell)


def test_beyond_a_crowd_callers_are_sent_away(tmp_path: Path) -> None:
    def is_heard() -> bool:
        with suppress(ConnectionError):
            return bool(ask_line(path, encode(Welcome("10.77.0.5")), PATIENCE_S))
        return False

    def tell() -> None:
        crowd = [socket.socket(socket.AF_UNIX) for _ in range(64)]
        for one in crowd:
            one.connect(str(path))
        assert not is_heard()
        crowd.pop().close()
        while not is_heard():
            pass
        for one in crowd:
            one.close()

    path = tmp_path / "visitors.sock"
    at(path, tell)


def test_many_at_once_are_all_answered(tmp_path: Path) -> None:
    def tell() -> None:
        told: list[Told] = []
        line = encode(Welcome("10.77.0.5"))
        callers = [threading.Thread(target=lambda: told.append(ask(path, line))) for _ in range(40)]
        for one in callers:
            one.start()
        for one in callers:
            one.join()
        assert told == [Visitor(welcomed=True)] * 40

    path = tmp_path / "visitors.sock"
    at(path, tell)


def test_what_cannot_be_done_is_refused_and_the_door_stays_open(tmp_path: Path) -> None:
    async def failing(_: FromPortal) -> Told:
        raise OSError("nft refused")

    async def run(answer: Callable[[FromPortal], Awaitable[Told]]) -> None:
        serving = asyncio.create_task(Door(path, decode_from_portal, answer).run())
        while not path.exists():
            await asyncio.sleep(0)
        for _ in range(2):
            told = await asyncio.to_thread(ask, path, encode(Welcome("10.77.0.5")))
            assert isinstance(told, Refused)
            assert "recommencez dans une minute" in told.sentence
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    path = tmp_path / "visitors.sock"
    asyncio.run(run(failing))


def test_a_door_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    door = Door(tmp_path / "file" / "visitors.sock", decode_from_portal, visitor)
    with pytest.raises(OSError, match="file"):
        asyncio.run(door.run())
