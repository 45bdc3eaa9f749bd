"""A visitor's phone: a namespace with one Wi-Fi interface, which joins, asks for names and pages.

It is a light one, so that hundreds fit on a small machine; `real_phones.py` has the others.
"""

import asyncio
import fcntl
import socket
import ssl
import struct
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from tests.network import dhcp, dns, http
from tests.network.namespace import Namespace

WIFI = "wlan0"
PATIENCE_S = 120
_ASK_AGAIN_S = 1.0
# <linux/sockios.h>, <linux/route.h>
_SET_ADDRESS, _SET_MASK, _ADD_ROUTE = 0x8916, 0x891C, 0x890B
_ROUTE_UP, _ROUTE_GATEWAY = 1, 2


class Phone:
    """The phone of this number in its own namespace. `lease` is None until it has joined.

    `headers` go with each of its requests.
    """

    def __init__(self, namespace: Namespace, number: int) -> None:
        self.namespace = namespace
        self.number = number
        self.mac = bytes([0x02, 0x5E, 0xC0, 0xDE, number >> 8, number & 255])
        self.lease: dhcp.Told | None = None
        self.name_server = ""
        self.headers: dict[str, str] = {}

    @property
    def address(self) -> str:
        assert self.lease, "it has not joined"
        return self.lease.address

    def carried_bytes(self) -> int:
        """What its interface has received and sent, since it is there."""
        with self.namespace.entered():
            table = Path("/proc/thread-self/net/dev").read_text()
        counts = next(line.split(":")[1].split() for line in table.splitlines() if WIFI in line)
        return int(counts[0]) + int(counts[8])

    async def join(self) -> dhcp.Told:
        """Asks for an address until there is one, and takes it."""
        with self._datagrams(broadcast=True) as asking:
            asking.bind(("", dhcp.CLIENT_PORT))
            number = dhcp.new_transaction()
            offer = await self._dhcp(asking, dhcp.discover(self.mac, number), number, dhcp.OFFER)
            lease = await self._dhcp(asking, dhcp.request(self.mac, offer), number, dhcp.ACK)
        self._configure(lease)
        return lease

    async def resolve(
        self, name: str, kind: str = "A", server: str = "", port: int = 0
    ) -> dns.Told:
        """Asks again after a second, and once more when it was refused, as phones do.

        From this port, or from any one. Raises TimeoutError, and ConnectionRefusedError.
        """
        at, question = server or self.name_server, dns.question(name, kind)
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionRefusedError):
                return await self._asked(at, question, port)
            return await self._asked(at, question, port)

    async def _asked(self, server: str, question: bytes, port: int) -> dns.Told:
        loop = asyncio.get_running_loop()
        with self._datagrams(_family(server)) as asking:
            asking.bind(("", port))
            asking.connect((server, 53))
            while True:
                await loop.sock_sendall(asking, question)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_ASK_AGAIN_S):
                        answer = await loop.sock_recv(asking, 4096)
                    if answer[:2] == question[:2]:
                        return dns.read(answer)

    async def connect(
        self, address: str, port: int, trust: ssl.SSLContext | None = None, name: str = ""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Raises OSError at once where it is refused, TimeoutError where nothing answers."""
        with self.namespace.entered():
            line = socket.socket(_family(address), socket.SOCK_STREAM)
        line.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(line, self._place(address, port))
            return await asyncio.open_connection(
                sock=line, ssl=trust, server_hostname=name or address if trust else None
            )
        except BaseException:
            line.close()
            raise

    async def fetch(
        self,
        url: str,
        method: str = "GET",
        *,
        body: bytes = b"",
        kind: str = "A",
        trust: ssl.SSLContext | None = None,
        patience_s: float = PATIENCE_S,
    ) -> http.Answer:
        """One request, its redirect not followed. Raises LookupError when the name has no address
        of this kind, OSError when it is refused, TimeoutError when nothing answers.
        """
        parts = urlsplit(url)
        assert parts.hostname
        async with asyncio.timeout(patience_s):
            address = await self._address(parts.hostname, kind)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            reader, writer = await self.connect(address, port, trust, parts.hostname)
            try:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                writer.write(http.request(method, path, parts.netloc, self.headers, body))
                return http.read(await reader.read(-1))
            finally:
                writer.transport.abort()

    def pose_as(self, *, mac: bytes, address: str) -> None:
        """Takes these, whoever else may have them."""
        assert self.lease
        prefix = ip_network(f"0.0.0.0/{self.lease.mask}").prefixlen
        self.namespace.ip(
            f"link set dev {WIFI} address {mac.hex(':')}",
            f"address flush dev {WIFI} scope global",
            f"address add {address}/{prefix} dev {WIFI}",
            f"route replace default via {self.lease.router}",
        )

    async def accept(self, portal: str) -> None:
        """Asks for the Internet by the portal's form; fails when it is refused.

        Where the gate has no time it asks again, as the page bids who reads it.
        """
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await self.fetch(f"{portal}internet", "POST")).status == 503:
                await asyncio.sleep(_ASK_AGAIN_S)
        assert answer.status == 303, f"asked for the Internet, and was told {answer.status}"

    async def visit(self, url: str) -> tuple[str, http.Answer]:
        """Follows redirects, at most five, and says where they led."""
        for _ in range(5):
            answer = await self.fetch(url)
            if answer.status not in {302, 303, 307}:
                return url, answer
            url = urljoin(url, answer.headers["location"])
        raise AssertionError(f"led around in circles to {url}")

    def _place(self, address: str, port: int) -> tuple[str, int] | tuple[str, int, int, int]:
        """As sockets take it: `%` names an interface of this phone."""
        bare, _, interface = address.partition("%")
        if not interface:
            return address, port
        with self.namespace.entered():
            return bare, port, 0, socket.if_nametoindex(interface)

    async def _address(self, name: str, kind: str) -> str:
        if name[-1].isdigit() or ":" in name:
            return name
        told = await self.resolve(name, kind)
        if not told.addresses:
            raise LookupError(f"{name} has no {kind}")
        return told.addresses[0]

    async def _dhcp(
        self, asking: socket.socket, message: bytes, number: int, kind: int
    ) -> dhcp.Told:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                asking.sendto(message, ("255.255.255.255", dhcp.SERVER_PORT))
                try:
                    async with asyncio.timeout(_ASK_AGAIN_S):
                        while True:
                            told = dhcp.read(await loop.sock_recv(asking, 2048))
                            if told and (told.transaction, told.kind) == (number, kind):
                                return told
                except TimeoutError:
                    continue

    def _configure(self, lease: dhcp.Told) -> None:
        self.lease = lease
        self.name_server = lease.name_server
        with self._datagrams() as control:
            for call, value in ((_SET_ADDRESS, lease.address), (_SET_MASK, lease.mask)):
                fcntl.ioctl(control, call, WIFI.encode().ljust(16, b"\0") + _sockaddr(value))
            with suppress(FileExistsError):  # it joined before
                fcntl.ioctl(control, _ADD_ROUTE, _default_route(lease.router))

    def _datagrams(self, family: int = socket.AF_INET, *, broadcast: bool = False) -> socket.socket:
        with self.namespace.entered():
            made = socket.socket(family, socket.SOCK_DGRAM)
        made.setblocking(False)
        if broadcast:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, WIFI.encode())
        return made


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _sockaddr(address: str) -> bytes:
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def _default_route(router: str) -> bytes:
    """A `struct rtentry`."""
    nowhere = _sockaddr("0.0.0.0")
    flags = _ROUTE_UP | _ROUTE_GATEWAY
    # rt_pad1, destination, gateway, mask, flags; the rest is zero.
    route = struct.pack("@L16s16s16sH", 0, nowhere, _sockaddr(router), nowhere, flags)
    return route.ljust(120, b"\0")
