"""Every site of the lab's Internet: what a probe expects, pages, and bytes by the megabyte."""

import asyncio
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from tests.network.namespace import Namespace
from triporteur_kiosk.public.probes import PROBES, answer_with

#: A header that only these sites send.
REAL = ("X-Internet", "real")
_SUCCESS = {
    (host, path): probe.success for probe in PROBES for host in probe.hosts for path in probe.paths
}
_DRIP_S = 0.05
_CHUNK = bytes(65_536)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that came to a site."""

    host: str
    path: str
    secure: bool


class Sites:
    """Use as a context: they listen on 80 and, with `certificate`, on 443, of all addresses."""

    def __init__(self, namespace: Namespace, certificate: ssl.SSLContext) -> None:
        self.visits: list[Visit] = []
        self._certificate = certificate
        with namespace.entered():
            self._sockets = [
                socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
                for port in (80, 443)
            ]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sites")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        plain, secured = self._sockets
        self._servers = [
            await asyncio.start_server(self._plain, sock=plain),
            await asyncio.start_server(self._secured, sock=secured, ssl=self._certificate),
        ]

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, secure=False)

    async def _secured(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, secure=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, secure: bool
    ) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                named = {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines}
                host, path = named.get("host", ""), first.split()[1]
                self.visits.append(Visit(host, path, secure))
                await _answer(writer, host, path)
                writer.close()
                await writer.wait_closed()
        finally:  # a phone that was cut off takes what was written never
            writer.transport.abort()


async def _answer(writer: asyncio.StreamWriter, host: str, path: str) -> None:
    """`/bytes/N` is so many bytes, `/drip` never ends; else what the probe's table says."""
    if path == "/drip":
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(_DRIP_S)
        return
    if path.startswith("/bytes/"):
        await _pour(writer, int(path.removeprefix("/bytes/")))
        return
    page = answer_with("200 OK", f"<h1>{host}</h1>\n".encode(), ("Content-Type", "text/html"))
    answer = _SUCCESS.get((host, path.partition("?")[0]), page)
    lines = "".join(f"{name}: {value}\r\n" for name, value in (*answer.headers, REAL))
    writer.write(f"HTTP/1.1 {answer.status}\r\n{lines}\r\n".encode() + answer.body)
    await writer.drain()


async def _pour(writer: asyncio.StreamWriter, count: int) -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n".encode())
    while count > 0:
        writer.write(_CHUNK[:count])
        await writer.drain()
        count -= len(_CHUNK)
