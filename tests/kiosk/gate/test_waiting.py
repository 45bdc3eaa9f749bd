"""A gate that can not be up waits, and the service manager hears that it does, and for what."""

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from tests.kiosk.gate.passing import Remembered
from triporteur_kiosk.gate.ground import GateError, Hindered
from triporteur_kiosk.gate.keeper import running
from triporteur_kiosk.gate.keeper.budget import Budget
from triporteur_kiosk.gate.keeper.gatekeeper import Gatekeeper
from triporteur_kiosk.gate.keeper.nurse import Program
from triporteur_kiosk.gate.keeper.passes import Phone
from triporteur_kiosk.gate.keeper.running import Running
from triporteur_kiosk.gate.keeper.terms import Terms
from triporteur_wire.manager import Manager

TAKEN = Hindered("usb0 is in the network 10.77.1.0/24")
BROKEN = GateError("nft did not answer in 30 s")
WORKS = "WATCHDOG=1"


class Site:
    """What a gate stands on, and where: `why` is what keeps it from being up, if anything."""

    def __init__(self, why: GateError | None) -> None:
        self.why = why
        self.tried = 0
        self.done: list[str] = []

    def up(self) -> None:
        self.tried += 1
        if self.why:
            raise self.why
        self.done.append("up")

    def stands(self) -> bool:
        return self.why is None and "up" in self.done

    def down(self) -> None:
        self.done.append("down")

    def loud(self) -> None:
        self.done.append("loud")

    def quiet(self) -> None:
        self.done.append("quiet")

    def programs(self) -> tuple[Program, ...]:
        return ()

    def renewed(self) -> tuple[Program, ...]:
        return ()

    def phone(self, address: str) -> Phone | None:
        return None

    def stations(self) -> int | None:
        return None

    def uplink(self) -> bool | None:
        return None

    def today(self) -> date | None:
        return None


class Watched:
    """A gate on this site, and what it says to the service manager."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self._folder = site, folder

    @contextmanager
    def listening(self) -> Iterator[None]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as self._line:
            self._line.bind(str(self._folder / "notify"))
            self._line.setblocking(False)
            yield

    async def run(self, stop: asyncio.Event) -> None:
        words = {
            "NOTIFY_SOCKET": str(self._folder / "notify"),
            "WATCHDOG_USEC": "60000000",
        }
        seconds = count()
        manager = Manager(words, lambda: float(next(seconds)))
        budget = Budget(None, self._folder / "spent.json")
        terms = Terms("local", 60.0, None, None, most_stations=5)
        keeper = Gatekeeper(terms, Remembered(), self.site, budget, self._folder / "gate.json")
        await Running(self.site, keeper, None, self._folder, manager).run(stop)

    async def hears(self, *words: str) -> None:
        """Until these were said one after another, whatever is said between."""
        for word in words:
            while await asyncio.wait_for(self._hear(), 120) != word:
                pass

    async def _hear(self) -> str:
        return (await asyncio.get_running_loop().sock_recv(self._line, 1000)).decode()

    def heard(self) -> list[str]:
        said = []
        while True:
            try:
                said.append(self._line.recv(1000).decode())
            except BlockingIOError:
                return said

    async def tries(self, times: int) -> None:
        until = self.site.tried + times
        async with asyncio.timeout(120):
            while self.site.tried < until:
                await asyncio.sleep(0.001)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Short, for its sockets' names; and a beat that is too."""
    monkeypatch.setattr(running, "_BEAT_S", 0.02)
    with tempfile.TemporaryDirectory(prefix="waits-") as made:
        yield Path(made)


def test_one_that_is_hindered_at_its_start_waits_and_is_up_when_it_can(folder: Path) -> None:
    gate = Watched(Site(TAKEN), folder)

    async def trial() -> None:
        stop = asyncio.Event()
        going = asyncio.create_task(gate.run(stop))
        await gate.hears(f"STATUS={TAKEN}", WORKS, "READY=1", WORKS, WORKS)
        assert gate.site.done == []
        assert not (folder / "gate.json").exists()
        gate.site.why = None
        await gate.hears("STATUS=", WORKS)
        assert gate.site.done == ["up", "loud"]
        assert (folder / "gate.json").exists()
        stop.set()
        await asyncio.wait_for(going, 120)

    with gate.listening():
        asyncio.run(trial())
    assert gate.site.done[-1] == "down"


def test_one_that_is_hindered_later_works_on_and_one_that_fails_does_not(folder: Path) -> None:
    gate = Watched(Site(None), folder)

    async def trial() -> None:
        stop = asyncio.Event()
        going = asyncio.create_task(gate.run(stop))
        await gate.hears("READY=1", WORKS)
        gate.site.why = TAKEN
        await gate.hears(f"STATUS={TAKEN}", WORKS, WORKS)
        gate.site.why = BROKEN
        await gate.tries(2)
        gate.heard()
        await gate.tries(10)
        assert gate.heard() == []
        gate.site.why = None
        await gate.hears("STATUS=", WORKS)
        stop.set()
        await asyncio.wait_for(going, 120)

    with gate.listening():
        asyncio.run(trial())


def test_what_waiting_does_not_mend_ends_it_at_its_start(folder: Path) -> None:
    gate = Watched(Site(BROKEN), folder)
    with gate.listening(), pytest.raises(GateError, match="did not answer"):
        asyncio.run(gate.run(asyncio.Event()))
    assert gate.site.done == []
