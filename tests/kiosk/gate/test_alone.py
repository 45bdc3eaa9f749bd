"""A second gate by mistake: it says so and ends, instead of taking the first one's doors along."""

import asyncio
from pathlib import Path

import pytest

from tests.kiosk.gate.planned import planned
from triporteur_kiosk.gate.ground import GateError, check_alone
from triporteur_kiosk.gate.keeper.doors import Door
from triporteur_kiosk.gate.serve import serve
from triporteur_wire.doors import open_door
from triporteur_wire.gate import (
    VISITORS_SOCKET,
    FromPortal,
    Told,
    Visitor,
    decode_from_portal,
)


async def visitor(_: FromPortal) -> Told:
    return Visitor(welcomed=False)


def test_a_second_gate_leaves_the_first_its_doors(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    door = plan.directory / VISITORS_SOCKET

    async def while_one_holds() -> None:
        first = asyncio.create_task(Door(door, decode_from_portal, visitor).run())
        while not door.exists():
            await asyncio.sleep(0)
        try:
            with pytest.raises(GateError, match=r"another gate holds .*/gate: end that one first"):
                await asyncio.to_thread(serve, plan, lambda: None, None)
            assert door.exists()
        finally:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    asyncio.run(while_one_holds())


def test_what_a_gate_that_died_has_left_is_no_other_gate(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    check_alone(plan)
    open_door(plan.directory / VISITORS_SOCKET, 1).close()
    assert (plan.directory / VISITORS_SOCKET).exists()
    check_alone(plan)
