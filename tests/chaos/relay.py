"""The link between a unit and its broker, which can fail in the ways that links do.

A TCP relay with a thread of its own. While it holds, what either end sends waits, as unanswered
packets do: nothing is closed, nobody is told.
"""

import asyncio
import socket
import struct
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_CHUNK_BYTES = 16_384
_RESET = struct.pack("ii", 1, 0)  # linger 0: to close is to reset
_WAYS = ("up", "down")


@dataclass(slots=True, eq=False)
class _Pair:
    """Both ends of one connection. `deaf`: what the unit sends goes nowhere, and stays open."""

    unit: StreamWriter
    broker: StreamWriter
    from_broker: StreamReader
    deaf: bool = False

    def reset(self) -> None:
        for end in (self.unit, self.broker):
            with suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.transport.abort()

    def part(self) -> None:
        self.deaf = True
        self.broker.transport.abort()


class Relay:
    """Forwards what comes to `listening` to `broker_port` on loopback; use as a context."""

    def __init__(self, broker_port: int, listening: socket.socket) -> None:
        self.port = int(listening.getsockname()[1])
        self._held_bytes = dict.fromkeys(_WAYS, 0)
        self._listening = listening
        self._broker_port = broker_port
        self._pairs: set[_Pair] = set()
        self._loop = asyncio.new_event_loop()
        self._flows = {way: asyncio.Event() for way in _WAYS}
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Relay":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(60)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    def hold(self, *ways: str) -> None:
        """A black hole: nothing passes `up` (to the broker) or `down`; without words, neither."""
        for way in ways or _WAYS:
            self._tell(self._flows[way].clear)

    def heal(self) -> None:
        """What was held passes on, as packets do that are sent once more."""
        for flow in self._flows.values():
            self._tell(flow.set)

    def reset(self) -> None:
        """Both ends of every connection are reset, as by a NAT that forgot them."""
        self._each(_Pair.reset)

    def held_down_bytes(self) -> int:
        """What has come from the broker and waits to pass, where there is one connection."""
        arrived = sum(len(pair.from_broker._buffer) for pair in list(self._pairs))  # type: ignore[attr-defined,misc]
        return self._held_bytes["down"] + arrived

    def half_open(self) -> None:
        """The broker's end of every connection is gone, and the unit's does not know."""
        self._each(_Pair.part)

    def _each(self, act: Callable[[_Pair], None]) -> None:
        def on_all() -> None:
            for pair in list(self._pairs):
                act(pair)

        self._tell(on_all)

    def _tell(self, act: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(act)

    async def _open(self) -> None:
        for flow in self._flows.values():
            flow.set()
        self._server = await asyncio.start_server(self._serve, sock=self._listening)

    async def _close(self) -> None:
        self._server.close()
        for pair in list(self._pairs):
            pair.reset()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, from_unit: StreamReader, to_unit: StreamWriter) -> None:
        try:
            from_broker, to_broker = await asyncio.open_connection("127.0.0.1", self._broker_port)
        except OSError:
            to_unit.transport.abort()
            return
        pair = _Pair(to_unit, to_broker, from_broker)
        self._pairs.add(pair)
        with suppress(asyncio.CancelledError):  # the relay closes
            await self._forward(from_unit, pair)

    async def _forward(self, from_unit: StreamReader, pair: _Pair) -> None:
        try:
            await asyncio.gather(
                self._pump("up", from_unit, pair.broker, pair),
                self._pump("down", pair.from_broker, pair.unit, pair),
            )
        finally:
            self._pairs.discard(pair)
            pair.unit.transport.abort()
            pair.broker.transport.abort()

    async def _pump(self, way: str, source: StreamReader, sink: StreamWriter, pair: _Pair) -> None:
        """Passes bytes on until either end closes; of a half-open pair it only takes them."""
        with suppress(OSError):
            while chunk := await source.read(_CHUNK_BYTES):
                self._held_bytes[way] = len(chunk)
                await self._flows[way].wait()
                self._held_bytes[way] = 0
                if not pair.deaf:
                    sink.write(chunk)
                    await sink.drain()
        await self._flows[way].wait()
        if not pair.deaf:
            sink.close()
