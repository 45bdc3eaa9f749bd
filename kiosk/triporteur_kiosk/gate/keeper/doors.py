"""The gate's two sockets: the portal's and the console's, each hearing its own few verbs.

Who may open them is a matter of each file's group. Nobody is believed for that: a request is
bounded in size and in time, one a connection, and who comes in a crowd does not hold up the rest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from triporteur_wire.desk import MOST_BYTES
from triporteur_wire.doors import BUSY, UNHEARD, open_door
from triporteur_wire.gate import Told, encode
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

_HEARS_S = 2.0
_WAITING = 64
#: At once; beyond that a caller is sent away unheard.
_MOST_CALLERS = 64

Verb = TypeVar("Verb")


class Door(Generic[Verb]):
    """Listens at `path`. `decode` raises Unreadable for what is not heard here."""

    def __init__(
        self,
        path: Path,
        decode: Callable[[bytes], Verb],
        answer: Callable[[Verb], Awaitable[Told]],
    ) -> None:
        self._path = path
        self._decode = decode
        self._answer = answer
        self._callers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serves until cancelled. Raises OSError when the socket cannot be made."""
        server = await asyncio.start_unix_server(
            self._meet, sock=open_door(self._path, _WAITING), limit=MOST_BYTES
        )
        try:
            async with server:
                try:
                    await server.serve_forever()
                finally:
                    await self._send_away()
        finally:
            self._path.unlink(missing_ok=True)

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._callers) >= _MOST_CALLERS:
            writer.close()
            return
        caller = asyncio.create_task(self._serve(reader, writer))
        self._callers.add(caller)
        caller.add_done_callback(self._callers.discard)

    async def _send_away(self) -> None:
        for caller in self._callers:
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, TimeoutError):  # they may go at any moment
                writer.write(encode(await self._told(reader)))
                async with asyncio.timeout(_HEARS_S):
                    await writer.drain()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _told(self, reader: asyncio.StreamReader) -> Told:
        try:
            asked = self._decode(await _line(reader))
        except Unreadable as error:
            _log.warning("%s was asked what it does not know (%s)", self._path.name, error)
            return UNHEARD
        try:
            return await self._answer(asked)
        except OSError as error:
            _log.error("%s was asked what could not be done: %s", self._path.name, error)
            return BUSY


async def _line(reader: asyncio.StreamReader) -> bytes:
    """What is said up to the line's end. Raises Unreadable."""
    try:
        async with asyncio.timeout(_HEARS_S):
            return await reader.readuntil(b"\n")
    except TimeoutError as error:
        raise Unreadable("it took too long to be said") from error
    except asyncio.IncompleteReadError as error:
        raise Unreadable("it has no end of line") from error
    except asyncio.LimitOverrunError as error:
        raise Unreadable(f"more than {MOST_BYTES} bytes") from error
