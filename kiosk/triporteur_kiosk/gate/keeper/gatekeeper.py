"""What the gate knows and decides: once a second, and whenever it is asked something."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Protocol, assert_never

from triporteur_device.files import write_whole
from triporteur_kiosk.gate.counting import WHOLE
from triporteur_kiosk.gate.keeper.book import Book, Full, Grant
from triporteur_kiosk.gate.keeper.budget import Budget
from triporteur_kiosk.gate.keeper.modes import Held, held
from triporteur_kiosk.gate.keeper.passes import NotYet, Passes, Phone
from triporteur_kiosk.gate.keeper.refusals import (
    ALL_PROMISED,
    FULL,
    NOT_YET,
    OWN_SHARE_USED,
    STRANGER,
    why_not,
)
from triporteur_kiosk.gate.keeper.shares import NoShare
from triporteur_kiosk.gate.keeper.terms import Terms
from triporteur_wire.desk import Refused
from triporteur_wire.gate import AskVisitor, FromPortal, GateState, Told, Visitor, Welcome, encode

_log = logging.getLogger(__name__)


class Table(Passes, Protocol):
    """What the kernel holds, and counts."""

    def beat(self, *, outward: bool, limit: int) -> Mapping[str, int]: ...

    def begin_anew(self) -> None: ...

    def begin_day(self) -> None: ...


class World(Protocol):
    """What is asked of the surroundings; each may raise OSError."""

    def phone(self, address: str) -> Phone | None:
        """Raises ValueError when it is no address."""

    def stations(self) -> int | None: ...

    def uplink(self) -> bool | None: ...

    def today(self) -> date | None: ...


class Gatekeeper:
    """`beat` is to be called once a second; everything in one thread."""

    def __init__(
        self,
        terms: Terms,
        kernel: Table,
        world: World,
        budget: Budget,
        state_path: Path,
        *,
        hotspot: bool = True,
        now_s: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
    ) -> None:
        self._terms = terms
        self._kernel = kernel
        self._world = world
        self._budget = budget
        self._state_path = state_path
        self._now_s = now_s
        self._book = Book(terms, kernel, now_s)
        self._run = secrets.token_hex(8)
        self._began_ms = self._now_ms
        self._hotspot = hotspot
        self._held = Held(terms.access)
        self._stations: int | None = None
        self._peak = 0

    @property
    def hotspot(self) -> bool:
        return self._hotspot

    def beat(self) -> None:
        """Counts, ends what is at its end, decides, and tells. Raises OSError."""
        if self._budget.turn(self._world.today()):
            self._book.begin_day()
            self._kernel.begin_day()
            _log.info("a new day: the budget is whole")
        self._stations = self._world.stations() if self._hotspot else None
        self._peak = max(self._peak, self._stations or 0)
        self._decide()
        used = self._kernel.beat(outward=self._held.access != "local", limit=self._budget.limit)
        self._budget.count(used.get(WHOLE, 0))
        self._book.count(used)
        write_whole(self._state_path, encode(self.state()), durable=False)

    def begin_anew(self) -> None:
        """After the kernel's table was made anew. Raises OSError."""
        self._budget.count(0)
        self._kernel.begin_anew()
        self._book.admit_again()

    def switch(self, *, on: bool) -> None:
        """The hotspot's position; closing it ends every welcome. Raises OSError."""
        if on != self._hotspot:
            _log.info("the team %s the hotspot", "opened" if on else "closed")
        self._hotspot = on
        if not on:
            self._book.end_all()
        self.beat()

    def close(self) -> None:
        self._budget.close()
        self._state_path.unlink(missing_ok=True)

    def answer(self, asked: FromPortal) -> Told:
        """Raises OSError when it could not be done."""
        match asked:
            case AskVisitor():
                return self._visitor(self._find(asked.address))
            case Welcome():
                return self._welcome(self._phone(asked.address))
            case _:
                assert_never(asked)

    def state(self) -> GateState:
        return GateState(
            boottime_ms=self._now_ms,
            run=self._run,
            began_ms=self._began_ms,
            hotspot=self._hotspot,
            configured=self._terms.access,
            access=self._held.access,
            because=self._held.because,
            uplink=self._world.uplink(),
            stations=self._stations,
            most_stations=self._terms.most_stations,
            full=self._full,
            welcomed=self._book.welcomed if self._held.access == "open" else 0,
            bytes_left=self._budget.left,
            sessions=self._book.sessions,
            bytes=self._budget.total,
            peak_stations=self._peak,
        )

    @property
    def _now_ms(self) -> int:
        return int(self._now_s() * 1000)

    @property
    def _full(self) -> bool:
        return (self._stations or 0) >= self._terms.most_stations

    def _decide(self) -> None:
        now = held(
            self._terms.access,
            hotspot=self._hotspot,
            uplink=self._world.uplink(),
            bytes_left=self._budget.left,
            spent_unknown=self._budget.unknown,
        )
        if now.because != self._held.because:
            if now.because == "budget_spent":
                _log.warning("the day's budget is spent: phones get the portal only")
            elif now.because == "uplink_lost":
                _log.warning("the uplink is lost: phones get the portal only")
            elif now.because is None and self._hotspot:
                _log.info("phones get as far as configured again: %s", now.access)
        self._held = now

    def _welcome(self, phone: Phone | None) -> Told:
        if phone is None:
            return Refused(STRANGER)
        self._decide()
        if self._held.access != "open":
            return Refused(why_not(self._held, hotspot=self._hotspot))
        try:
            grant = self._book.welcome(phone, self._budget.left, full=self._full)
        except Full:
            return Refused(FULL)
        except NotYet:
            return Refused(NOT_YET)
        except NoShare as none_left:
            return Refused(OWN_SHARE_USED if none_left.own else ALL_PROMISED)
        return self._visitor(grant)

    def _phone(self, address: str) -> Phone | None:
        try:
            return self._world.phone(address)
        except ValueError:
            return None

    def _find(self, address: str) -> Grant | None:
        """Most who ask are strangers, and cost no look into the neighbour table."""
        if ":" not in address and not self._book.knows(address):
            return None
        phone = self._phone(address)
        return self._book.find(phone) if phone else None

    def _visitor(self, grant: Grant | None) -> Visitor:
        """While less holds than was configured nobody passes, though the grant lives on."""
        if grant is None or self._held.access != "open":
            return Visitor(welcomed=False)
        lefts = [left for left in (grant.left, self._budget.left) if left is not None]
        return Visitor(
            welcomed=True,
            seconds_left=self._book.seconds_left(grant),
            bytes_left=min(lefts, default=None),
        )
