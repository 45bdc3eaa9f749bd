"""The programs that serve the Wi-Fi, each with its nurse: all run, or none."""

import asyncio
from collections.abc import Iterable

from triporteur_kiosk.gate.keeper.nurse import Nurse, Program


class Household:
    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, programs: Iterable[Program]) -> None:
        for program in programs:
            self._tasks[program.name] = asyncio.create_task(Nurse(program).run())

    async def end(self, *names: str) -> None:
        """Those named, or all; returns once they have ended. Who is cancelled may ask again."""
        ended = {name: self._tasks[name] for name in names or tuple(self._tasks)}
        for nurse in ended.values():
            if not nurse.cancelling():  # told twice, she would leave her program
                nurse.cancel()
        if ended:
            await asyncio.wait(ended.values())
        for name in ended:
            self._tasks.pop(name, None)
