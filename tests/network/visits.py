"""Visits as people make them, by phones that say much of themselves."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address

from tests.network.internet import OTHERS, PARTNERS
from tests.network.phone import PATIENCE_S, Phone
from tests.network.settings import ADDRESS, PORTAL
from tests.network.traces import Person
from tests.network.unit import Unit
from tests.rig import wait_for
from triporteur_kiosk.config import API_PATH

PROBE = "http://connectivitycheck.gstatic.com/generate_204"
PARTNER = PARTNERS[0]
TAKEN_BYTES = 20_000
#: The gate answers two at once; who comes third is told to try again.
_ASKING_AT_ONCE = 2
_AT_ONCE = 20


def visit(unit: Unit, phones: Sequence[Phone]) -> list[Person]:
    """Every phone visits; of three one opens a partner's site, one goes on to the Internet."""
    asyncio.run(_visit(unit, phones))
    gone_out = sum(map(_goes_out, phones))
    wait_for(lambda: (state := unit.state) and state.sessions == gone_out, "the gate has counted")
    plan = unit.config.gate
    assert plan
    return [
        Person(phone.mac, IPv4Address(phone.address), plan.network.ipv6, _token(phone))
        for phone in phones
    ]


def _goes_out(phone: Phone) -> bool:
    return phone.number % 3 == 1


def _token(phone: Phone) -> str:
    return f"Zebulon-{phone.number:05}"


async def _visit(unit: Unit, phones: Sequence[Phone]) -> None:
    there, asking = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_ASKING_AT_ONCE)

    async def one(phone: Phone) -> None:
        async with there:
            await _arrive(phone, unit.wifi_6)
            if phone.number % 3 == 0:
                await _open_a_partner(phone, unit)
            if _goes_out(phone):
                async with asking:
                    await phone.accept(PORTAL)
                await _go_out(phone)
            if phone.number % 10 == 0:
                async with asking:
                    await _ask_the_api(phone, unit)
                await _misbehave(phone)

    await asyncio.gather(*map(one, phones))


async def _arrive(phone: Phone, unit_6: str) -> None:
    await phone.join()
    phone.headers = _headers(phone)
    where, page = await phone.visit(PROBE)
    assert (where, page.status) == (PORTAL, 200)
    for path in ("1", f"rien?{phone.mac.hex(':')}"):
        await phone.fetch(f"{PORTAL}{path}")
    if phone.number % 4 == 0:
        answer = await phone.fetch(f"http://[{unit_6}%wlan0]/")
        assert answer.status == 302


def _headers(phone: Phone) -> dict[str, str]:
    agent = f"Mozilla/5.0 (Linux; Android 14; {_token(phone)}) AppleWebKit/537.36"
    spoken = ("fr-FR,fr;q=0.9", "ar", "en-GB")[phone.number % 3]
    return {
        "User-Agent": agent,
        "Accept-Language": spoken,
        "Cookie": f"{_token(phone)}={phone.mac.hex()}",
        "Referer": f"http://{phone.address}/{_token(phone)}",
        "X-Forwarded-For": phone.address,
    }


async def _open_a_partner(phone: Phone, unit: Unit) -> None:
    led = await phone.fetch(f"{PORTAL}vers/{PARTNER}")
    assert (led.status, led.headers["location"]) == (303, f"https://{PARTNER}/")
    await phone.fetch(led.headers["location"], trust=unit.lab.internet.authority.trust)


async def _go_out(phone: Phone) -> None:
    page = await phone.fetch(f"http://{OTHERS[0]}/bytes/{TAKEN_BYTES}")
    assert len(page.body) == TAKEN_BYTES


async def _ask_the_api(phone: Phone, unit: Unit) -> None:
    trust = unit.lab.internet.authority.trust
    assert (await phone.fetch(f"https://{ADDRESS}{API_PATH}", trust=trust)).status == 200


async def _misbehave(phone: Phone) -> None:
    """What no browser sends, and servers like to write down."""
    for target in (f"/\x00{_token(phone)} HTTP/1.1", f"/{phone.address}", "http://[ HTTP/1.1"):
        reader, writer = await phone.connect("198.51.100.2", 80)
        head = f"GET {target}\r\nHost: {ADDRESS}:99999\r\nContent-Length: {_token(phone)}\r\n\r\n"
        writer.write(head.encode())
        with suppress(OSError):
            async with asyncio.timeout(PATIENCE_S):
                await reader.read(-1)
        writer.transport.abort()
