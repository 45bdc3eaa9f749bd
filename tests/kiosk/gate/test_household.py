"""Who is told to end while a program of his is ending does end, and so does the program."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kiosk.gate.test_nurse import Shell
from triporteur_kiosk.gate.keeper import nurse
from triporteur_kiosk.gate.keeper.household import Household

pytestmark = pytest.mark.slow


def test_who_waits_for_a_program_to_end_can_be_told_to_end_himself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the gate is, while it makes itself anew."""
    monkeypatch.setattr(nurse, "_ENDS_S", 120.0)
    pid, asked, may_end = (tmp_path / name for name in ("pid", "asked", "may-end"))
    slow = Shell(
        f"trap 'touch {asked}; until [ -e {may_end} ]; do sleep 0.01; done; exit 0' TERM; "
        f"echo $$ > {pid}.new; mv {pid}.new {pid}; while :; do sleep 0.01; done"
    )

    async def until(is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not is_so():
                await asyncio.sleep(0.01)

    def is_nursed() -> bool:
        """A program runs a moment before who started it knows, and is killed until then."""
        return any("_hold" in str(task.get_coro()) for task in asyncio.all_tasks())

    async def run() -> None:
        household = Household()
        household.start([slow])
        await until(lambda: pid.exists() and is_nursed())
        mending = asyncio.create_task(household.end())
        await until(asked.exists)
        mending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await mending
        may_end.touch()
        await household.end()
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)

    asyncio.run(run())
