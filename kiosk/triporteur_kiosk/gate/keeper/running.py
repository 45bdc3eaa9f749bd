"""The gate from its start to its end: doors, beat, programs, and everything down at the last."""

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Protocol

from triporteur_kiosk.gate.ground import Hindered
from triporteur_kiosk.gate.keeper.doors import Door
from triporteur_kiosk.gate.keeper.gatekeeper import Gatekeeper
from triporteur_kiosk.gate.keeper.household import Household
from triporteur_kiosk.gate.keeper.nurse import Program
from triporteur_kiosk.gate.keeper.uplink import UplinkWatch
from triporteur_kiosk.loss import Loss
from triporteur_wire.desk import Done
from triporteur_wire.gate import (
    TEAM_SOCKET,
    VISITORS_SOCKET,
    FromConsole,
    FromPortal,
    Told,
    decode_from_console,
    decode_from_portal,
)
from triporteur_wire.manager import Manager

_log = logging.getLogger(__name__)

_BEAT_S = 1.0
#: Between the answer that the Wi-Fi closes and its closing: it has to reach whoever asked over it.
_GRACE_S = 2.0
#: Stands in the gate's folder while the team wants the hotspot closed: until the next boot.
CLOSED_NAME = "closed"


class House(Protocol):
    """What the gate stands on. Each raises OSError; all may be done twice."""

    def up(self) -> None:
        """Closed to everybody. Raises Hindered where there is nothing to do but to wait."""

    def stands(self) -> bool:
        """False once its interface was pulled out, also when another came in its place, and while
        a new uplink is in its network.
        """

    def down(self) -> None: ...

    def loud(self) -> None:
        """Phones may join."""

    def quiet(self) -> None: ...

    def programs(self) -> tuple[Program, ...]: ...

    def renewed(self) -> tuple[Program, ...]:
        """Those that have something new to read since the last look."""


class Running:
    """`uplink` is None where nobody needs it. `folder` holds the sockets.

    `manager` hears of every look at a gate that holds, or that waits for what it stands on.
    """

    def __init__(
        self,
        house: House,
        keeper: Gatekeeper,
        uplink: UplinkWatch | None,
        folder: Path,
        manager: Manager | None = None,
    ) -> None:
        self._house = house
        self._keeper = keeper
        self._uplink = uplink
        self._folder = folder
        self._manager = manager or Manager({})
        self._household = Household()
        self._switching = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None
        self._broken = False
        self._loss = Loss(_log, "the gate does not hold, and is made anew", "the gate holds again")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`, or until a part of it ends: raises OSError with its reason."""
        is_up = self._go_up()
        parts: list[asyncio.Task[None]] = []
        try:
            if self._uplink:
                await self._uplink.look()
            if is_up:
                await self._place(on=self._keeper.hotspot)
            self._manager.ready()
            parts = [asyncio.create_task(part) for part in self._parts()]
            ending = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait([ending, *parts], return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            for part in done - {ending}:
                part.result()
        finally:
            self._manager.stopping()
            parts += [self._closing] if self._closing else []
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await self._household.end()
            self._house.down()
            self._keeper.close()

    def _parts(self) -> list[Coroutine[object, object, None]]:
        visitors = Door(self._folder / VISITORS_SOCKET, decode_from_portal, self._answer_portal)
        team = Door(self._folder / TEAM_SOCKET, decode_from_console, self._answer_console)
        watching = [self._uplink.run()] if self._uplink else []
        return [visitors.run(), team.run(), self._beat(), *watching]

    async def _beat(self) -> None:
        while True:
            try:
                fallen = not self._house.stands()
                if fallen or self._broken:
                    await self._mend(fallen=fallen)
                self._keeper.beat()
                await self._renew()
                self._loss.end()
                self._manager.status("")
                self._manager.progress()
            except Hindered as error:
                self._wait(error)
            except OSError as error:
                self._lose(error)
            await asyncio.sleep(_BEAT_S)

    def _go_up(self) -> bool:
        """False where it is for the beat to go up later."""
        try:
            self._house.up()
        except Hindered as error:
            self._wait(error)
            return False
        return True

    def _wait(self, hindrance: Hindered) -> None:
        self._lose(hindrance)
        self._manager.status(str(hindrance))
        self._manager.progress()

    def _lose(self, error: OSError) -> None:
        self._broken = True
        self._loss.note(error)

    async def _mend(self, *, fallen: bool) -> None:
        """Somebody took the table away, or the interface: what is not as it should be is made anew.

        Programs hold on to an interface that is no more.
        """
        self._house.up()
        async with self._switching:
            if fallen:
                await self._household.end()
            if fallen or not self._keeper.hotspot:
                await self._place(on=self._keeper.hotspot)
        self._keeper.begin_anew()
        self._broken = False

    async def _renew(self) -> None:
        for program in self._house.renewed():
            async with self._switching:
                if self._keeper.hotspot:
                    await self._household.end(program.name)
                    self._household.start([program])

    async def _answer_portal(self, asked: FromPortal) -> Told:
        try:
            return self._keeper.answer(asked)
        except OSError:
            self._broken = True
            raise

    async def _answer_console(self, asked: FromConsole) -> Told:
        if self._closing:
            self._closing.cancel()
        if asked.on:
            await self._switch(on=True)
        else:
            self._closing = asyncio.create_task(self._close_soon())
        return Done()

    async def _close_soon(self) -> None:
        await asyncio.sleep(_GRACE_S)
        try:
            await asyncio.shield(self._switch(on=False))
        except OSError as error:
            _log.error("the hotspot cannot be closed: %s", error)

    async def _switch(self, *, on: bool) -> None:
        async with self._switching:
            if on != self._keeper.hotspot:
                await self._place(on=on)
                self._keeper.switch(on=on)

    async def _place(self, *, on: bool) -> None:
        """Opens the Wi-Fi, or closes it; the choice outlives this process, not the boot."""
        closed = self._folder / CLOSED_NAME
        if on:
            closed.unlink(missing_ok=True)
            self._house.loud()
            self._household.start(self._house.programs())
        else:
            closed.touch()
            await self._household.end()
            self._house.quiet()
