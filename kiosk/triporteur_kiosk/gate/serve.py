"""`triporteur-kiosk gate`: makes the gate of its plan, and holds it until it is told to end."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from triporteur_kiosk.gate import bring, ground
from triporteur_kiosk.gate.children import commands
from triporteur_kiosk.gate.keeper.budget import Budget
from triporteur_kiosk.gate.keeper.gatekeeper import Gatekeeper, Table
from triporteur_kiosk.gate.keeper.kernel import Kernel
from triporteur_kiosk.gate.keeper.neighbours import Neighbours
from triporteur_kiosk.gate.keeper.nurse import Program
from triporteur_kiosk.gate.keeper.received import received
from triporteur_kiosk.gate.keeper.running import CLOSED_NAME, Running
from triporteur_kiosk.gate.keeper.stations import Stations
from triporteur_kiosk.gate.keeper.surroundings import Surroundings
from triporteur_kiosk.gate.keeper.terms import Terms
from triporteur_kiosk.gate.keeper.uplink import UplinkWatch
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.routes import default_interface
from triporteur_kiosk.gate.sets import GARDEN
from triporteur_wire.consoles import is_name
from triporteur_wire.gate import STATE_NAME
from triporteur_wire.manager import Manager


class GardenNames(Protocol):
    """The names of partners' sites, and whether they are others than at the last look."""

    names: tuple[str, ...]

    def look(self) -> bool: ...


class Planned:
    """The house that the plan describes; `garden` is None where partners are not let through."""

    def __init__(self, plan: GatePlan, garden: GardenNames | None) -> None:
        self._plan = plan
        self._garden = garden
        self._plant()

    def up(self) -> None:
        bring.up(self._plan)

    def stands(self) -> bool:
        return ground.stands(self._plan)

    def down(self) -> None:
        bring.down(self._plan)

    def loud(self) -> None:
        bring.loud(self._plan)

    def quiet(self) -> None:
        bring.quiet(self._plan)

    def programs(self) -> tuple[Program, ...]:
        return commands(self._plan)

    def renewed(self) -> tuple[Program, ...]:
        if self._garden is None or not self._garden.look():
            return ()
        self._plant()
        bring.write_files(self._plan)
        Kernel(self._plan.interface).clear_garden()
        return tuple(one for one in commands(self._plan) if one.name == GARDEN)

    def _plant(self) -> None:
        if self._garden is not None:
            names = tuple(filter(is_name, self._garden.names))
            self._plan = replace(self._plan, garden=names)


def serve(
    plan: GatePlan, local_time: Callable[[], datetime | None], garden: GardenNames | None
) -> None:
    """Until SIGTERM or SIGINT; then everything is down. Raises OSError when it cannot be held, or
    is already.

    `local_time` gives None while nobody vouches for the time.
    """
    ground.check_alone(plan)
    asyncio.run(_serve(plan, local_time, garden))


async def _serve(
    plan: GatePlan, local_time: Callable[[], datetime | None], garden: GardenNames | None
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    uplink = None if plan.access == "local" else _watch(plan)
    with _kernel(plan, local_time) as kernel:
        keeper = _keeper(plan, kernel, uplink, local_time)
        manager = Manager(os.environ)
        await Running(Planned(plan, garden), keeper, uplink, plan.directory, manager).run(stop)


def _keeper(
    plan: GatePlan,
    kernel: Table,
    uplink: UplinkWatch | None,
    local_time: Callable[[], datetime | None],
) -> Gatekeeper:
    return Gatekeeper(
        _terms(plan),
        kernel,
        _surroundings(plan, uplink, local_time),
        Budget(plan.budget_bytes, plan.spent_path),
        plan.directory / STATE_NAME,
        hotspot=not (plan.directory / CLOSED_NAME).exists(),
    )


@contextmanager
def _kernel(plan: GatePlan, local_time: Callable[[], datetime | None]) -> Iterator[Table]:
    """The table in the kernel, with the legal log where there is one."""
    kernel = Kernel(plan.interface)
    if plan.legal_path is None:
        yield kernel
        return
    # Cryptography is 10 MB that others need not have.
    from triporteur_kiosk.gate.legal.journal import LegalLog, recipient
    from triporteur_kiosk.gate.legal.recorded import Recorded

    log = LegalLog(plan.spent_path.with_name("legal"), recipient(plan.legal_path))
    recorded = Recorded(kernel, log, local_time)
    try:
        yield recorded
    finally:
        recorded.close()


def _terms(plan: GatePlan) -> Terms:
    return Terms(
        plan.access, plan.session_s, plan.budget_bytes, plan.visitor_bytes, plan.most_stations
    )


def _watch(plan: GatePlan) -> UplinkWatch:
    return UplinkWatch(
        lambda: ground.servers_beyond(plan),
        received=lambda: received(plan.uplink or default_interface()),
    )


def _surroundings(
    plan: GatePlan, uplink: UplinkWatch | None, local_time: Callable[[], datetime | None]
) -> Surroundings:
    radio = plan.hostapd_folder and plan.hostapd_folder / plan.interface
    stations = Stations(radio, plan.leases_path)
    neighbours = Neighbours(plan.interface, plan.leases_path)
    return Surroundings(neighbours, stations, uplink, local_time)
