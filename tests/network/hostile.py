"""What a phone sends that means harm, or knows no better."""

import asyncio
import random
import secrets
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

from tests.network import dhcp, dns
from tests.network.phone import WIFI, Phone
from tests.network.settings import ADDRESS

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "TRACE", "OPTIONS", "PRI", "é", "")
_HOSTS = (
    ADDRESS, "captive.apple.com", "", "[::1]", "127.0.0.1", f"{ADDRESS}:99999", "a" * 300,
    f"{ADDRESS}\r\nX-Injected: 1", "\x00", "%00", "xn--", "198.51.100.1", f"{ADDRESS}.", "::::",
)  # fmt: skip
_PATHS = (
    "/", "/internet", "*", "//", "/../../etc/passwd", "/%2e%2e/%00", "http://a.fr/", "?", "",
    "/?" + "x" * 4000, "/\xff\xfe", "/generate_204", "https://[::1", "/internet/../internet",
)  # fmt: skip
_HEADERS = (
    "Content-Length: -1", "Content-Length: 99999999999", "Content-Length: 5\r\nContent-Length: 6",
    "Transfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4",
    "X: " + "y" * 40_000, "Cookie: " + "z" * 20_000, ": no name", "no colon", " folded: line",
    "Expect: 100-continue", "Upgrade: h2c", "Connection: keep-alive", "X-Forwarded-For: 10.77.0.9",
    "Accept-Language: " + "fr;q=0." * 500, "Origin: http://" + "o" * 500, "Range: bytes=0-",
)  # fmt: skip
_ENDS = (
    "\r\n\r\n",
    "\n\n",
    "\r\n",
    "",
    "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "\r\n\r\n" + "A" * 70_000,
)


_PATIENCE_S = 1.5

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_ARP = 0x0806


def requests(seed: int, count: int) -> Iterator[bytes]:
    """Odd ones, of which some are cut and some are noise."""
    chance = random.Random(seed)
    for _ in range(count):
        if chance.random() < 0.1:
            yield chance.randbytes(chance.randrange(1, 3000))
            continue
        version = chance.choice(("HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "", "HTTP/1.1 x"))
        said = f"{chance.choice(_METHODS)} {chance.choice(_PATHS)} {version}\r\n"
        said += f"Host: {chance.choice(_HOSTS)}\r\n"
        said += "\r\n".join(chance.sample(_HEADERS, chance.randrange(3))) + chance.choice(_ENDS)
        yield said.encode("latin-1")[: chance.choice((None, chance.randrange(1, 200)))]


async def shout(phone: Phone, address: str, seed: int, count: int) -> None:
    """One connection each, a few at once; what comes back is thrown away."""
    at_once = asyncio.Semaphore(50)

    async def one(said: bytes) -> None:
        async with at_once:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_PATIENCE_S):
                    reader, writer = await phone.connect(address, 80)
                    try:
                        writer.write(said)
                        await reader.read(-1)
                    finally:
                        writer.transport.abort()

    await asyncio.gather(*(one(said) for said in requests(seed, count)))


async def trickle(phone: Phone, address: str, count: int, done: asyncio.Event) -> None:
    """So many connections that say a byte now and then, until it is `done`."""
    lines = await besiege(phone, address, count)
    while not done.is_set():
        for _, writer in lines:
            writer.write(b"a")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await done.wait()
    for _, writer in lines:
        writer.transport.abort()


async def besiege(phone: Phone, address: str, count: int) -> list[Line]:
    """Opens so many connections, which say half a word; those that it got."""
    tried = (phone.connect(address, 80) for _ in range(count))
    told = await asyncio.gather(*tried, return_exceptions=True)
    lines = [one for one in told if not isinstance(one, BaseException)]
    for _, writer in lines:
        writer.write(b"GET / HTTP/1.1\r\nHost: a")
    return lines


def claim(phone: Phone, address: str, of: str) -> None:
    """Tells `of` that this phone has the address, by asking for him in its name (RFC 826)."""
    with phone.namespace.entered():
        line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    with line:
        line.bind((WIFI, _ARP))
        frame = b"\xff" * 6 + phone.mac + struct.pack("!HHHBBH", _ARP, 1, 0x0800, 6, 4, 1)
        sender = phone.mac + socket.inet_aton(address)
        line.send(frame + sender + b"\0" * 6 + socket.inet_aton(of))


def ask_names(phone: Phone, below: str, count: int) -> None:
    """As a tunnel does: so many names, each with as many bytes of somebody's as fit in."""
    with phone.namespace.entered():
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with asking:
        asking.connect((phone.name_server, 53))
        for _ in range(count):
            with suppress(OSError):
                asking.send(dns.question(f"{secrets.token_hex(30)}.{below}", "TXT"))


def talk(phone: Phone, address: str, count: int) -> None:
    """So many flows of one packet each, to where the unit answers."""
    for _ in range(count):
        with phone.namespace.entered():
            line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with line, suppress(OSError):
            line.connect((address, 53))
            line.send(dns.question("a.example", "A"))


def starve(phone: Phone, count: int) -> int:
    """Asks for addresses in so many names, and says how many it was given."""
    with phone.namespace.entered():
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"wlan0")
        asking.settimeout(0.2)
        asking.bind(("", dhcp.CLIENT_PORT))
        return sum(_leased(asking, b"\x02" + secrets.token_bytes(5)) for _ in range(count))


def _leased(asking: socket.socket, mac: bytes) -> bool:
    number = dhcp.new_transaction()
    offer = _answer(asking, dhcp.discover(mac, number), number)
    return bool(offer and _answer(asking, dhcp.request(mac, offer), number))


def _answer(asking: socket.socket, message: bytes, number: int) -> dhcp.Told | None:
    asking.sendto(message, ("255.255.255.255", dhcp.SERVER_PORT))
    try:
        while True:
            told = dhcp.read(asking.recv(2048))
            if told and told.transaction == number:
                return told if told.kind in {dhcp.OFFER, dhcp.ACK} else None
    except TimeoutError:
        return None
