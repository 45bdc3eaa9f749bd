"""Keeps one program running: starts it, and starts it again, later each time, when it ends.

What it says goes nowhere, for it speaks of phones; its last words are told, without addresses, when
it ends by itself.
"""

import asyncio
import logging
import re
from contextlib import suppress
from typing import Protocol

from triporteur_kiosk.loss import Loss

_log = logging.getLogger(__name__)

_SHORTEST_S, _LONGEST_S = 1.0, 30.0
#: Having run for so long, it holds.
_HOLDS_S = 10.0
_ENDS_S = 3.0
_LAST_WORDS = 300
_ADDRESS = re.compile(r"(?:[0-9A-Fa-f]{0,4}[:.]){3,}[0-9A-Fa-f]{0,4}|(?:[0-9A-Fa-f]{2}:){5}\S{2}")


class Program(Protocol):
    """A program that stays in the foreground and ends cleanly on SIGTERM."""

    @property
    def name(self) -> str: ...

    @property
    def command(self) -> tuple[str, ...]: ...


class Nurse:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._wait_s = _SHORTEST_S
        self._loss = Loss(
            _log, f"{program.name} ended; it is started again", f"{program.name} runs again"
        )

    async def run(self) -> None:
        """Until cancelled, and then until the program has ended."""
        while True:
            why = await self._one_life()
            self._loss.note(why)
            await asyncio.sleep(self._wait_s)
            self._wait_s = min(2 * self._wait_s, _LONGEST_S)

    async def _one_life(self) -> str:
        try:
            child = await asyncio.create_subprocess_exec(
                *self._program.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            return str(error)
        holding = asyncio.create_task(self._hold())
        try:
            said = await _last_words(child)
            return f"status {await child.wait()}: {_without_addresses(said)}"
        finally:
            holding.cancel()
            await _end(child)

    async def _hold(self) -> None:
        await asyncio.sleep(_HOLDS_S)
        self._wait_s = _SHORTEST_S
        self._loss.end()


async def _last_words(child: asyncio.subprocess.Process) -> bytes:
    """The end of what it says, up to its end."""
    assert child.stdout
    said = b""
    while more := await child.stdout.read(4096):
        said = (said + more)[-_LAST_WORDS:]
    return said


def _without_addresses(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return _ADDRESS.sub("…", lines[-1]) if lines else "it said nothing"


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(_ENDS_S):
            await child.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
