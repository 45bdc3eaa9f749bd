"""Time and bytes that one was given, to the second and the percent, open flows included."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.network.hostile import claim
from tests.network.internet import OTHERS, PARTNERS, address_of
from tests.network.lab import Lab
from tests.network.phone import Phone
from tests.network.settings import PORTAL, Settings
from tests.network.unit import Unit
from tests.rig import wait_for
from triporteur_wire.gate import Access

pytestmark = pytest.mark.slow

SITE = OTHERS[0]
MB = 1_000_000
#: What went over beside what was given.
MOST, LEAST = 1.02, 0.97
_SILENCE_S = 5


def accepted(lab: Lab, count: int) -> list[Phone]:
    phones = lab.add_phones(count)

    async def each() -> None:
        for phone in phones:
            await phone.join()
            await phone.accept(PORTAL)

    asyncio.run(each())
    return phones


def carried(phones: Sequence[Phone]) -> int:
    """Bytes that all of them sent and received."""
    return sum(phone.carried_bytes() for phone in phones)


async def download(phone: Phone, path: str, trust: ssl.SSLContext | None = None) -> float:
    """As much as comes of a partner's site if it is trusted, else of another; until when it came.

    Who has nothing left to say is not told that there will be no more.
    """
    name, port = (PARTNERS[0], 443) if trust else (SITE, 80)
    reader, writer = await phone.connect(address_of(name), port, trust, name)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    last_s = time.monotonic()
    with suppress(OSError, TimeoutError):
        while True:
            async with asyncio.timeout(_SILENCE_S):
                if not await reader.read(MB):
                    break
            last_s = time.monotonic()
    writer.transport.abort()
    return last_s


def test_a_phone_gets_what_one_phone_may_and_the_others_are_served_on(tmp_path: Path) -> None:
    with Lab(tmp_path) as lab, Unit(lab, Settings(visitor_mb=5, session_min=30)) as unit:
        unit.start()
        greedy, modest = accepted(lab, 2)
        # Its time is the kernel's to hold, which holds it whatever becomes of the gate.
        welcomed = unit.nft("list", "set", "inet", "triporteur_gate", "welcomed")
        assert f"{greedy.mac.hex(':')} . {greedy.address} timeout 30m expires 29m" in welcomed
        before = carried([greedy])
        asyncio.run(download(greedy, f"/bytes/{20 * MB}"))
        assert LEAST <= (carried([greedy]) - before) / (5 * MB) <= MOST
        with pytest.raises((OSError, TimeoutError)):
            asyncio.run(greedy.fetch(f"https://{SITE}/", patience_s=3))
        assert asyncio.run(modest.fetch(f"http://{SITE}/")).status == 200


def test_all_phones_together_get_what_the_day_holds(tmp_path: Path) -> None:
    """By the partners' sites: of three phones each may have half."""
    two = Settings(access="partners", budget_mb=8, most_stations=2)
    with Lab(tmp_path) as lab, Unit(lab, two) as unit:
        unit.start()
        phones, trust = lab.add_phones(3), lab.internet.authority.trust

        async def all_at_once() -> None:
            await asyncio.gather(*(phone.join() for phone in phones))
            for phone in phones:
                await phone.resolve(PARTNERS[0])
            path = f"/bytes/{10 * MB}"
            await asyncio.gather(*(download(phone, path, trust) for phone in phones))

        before = carried(phones)
        asyncio.run(all_at_once())
        assert LEAST <= (carried(phones) - before) / (8 * MB) <= MOST
        unit.until("local", uplink=True)
        assert unit.state
        assert unit.state.because == "budget_spent"
        where, page = asyncio.run(phones[0].visit(f"http://{SITE}/"))
        assert (where, page.status) == (PORTAL, 200)


@pytest.mark.parametrize("access", ["partners", "open"])
def test_who_did_not_ask_gets_a_part_of_the_partners_sites_and_the_others_theirs(
    tmp_path: Path, access: Access
) -> None:
    four = Settings(access=access, budget_mb=20, most_stations=4)
    with Lab(tmp_path) as lab, Unit(lab, four) as unit:
        unit.start()
        greedy, modest = lab.add_phones(2)
        trust = lab.internet.authority.trust

        async def both() -> int:
            for phone in (greedy, modest):
                await phone.join()
                await phone.resolve(PARTNERS[0])
            before = carried([greedy])
            await download(greedy, f"/bytes/{10 * MB}", trust)
            had = carried([greedy]) - before
            own, taken, free = greedy.address, modest.address, "10.77.3.200"
            for address in (own, free, taken):  # another address is the same phone
                greedy.pose_as(mac=greedy.mac, address=address)
                claim(greedy, address, "10.77.0.1")
                with pytest.raises((OSError, TimeoutError)):
                    await greedy.fetch(f"https://{PARTNERS[0]}/", trust=trust, patience_s=3)
            greedy.pose_as(mac=greedy.mac, address=own)
            for phone in (greedy, modest):
                claim(phone, phone.address, "10.77.0.1")
            assert (await greedy.visit(f"http://{SITE}/"))[0] == PORTAL
            assert (await modest.fetch(f"https://{PARTNERS[0]}/", trust=trust)).status == 200
            return had

        assert LEAST <= asyncio.run(both()) / (20 * MB / 4) <= MOST


def test_time_that_was_given_ends_when_it_was_said_to_and_ends_what_is_open(
    tmp_path: Path,
) -> None:
    given_s, late_s = 8, 20
    with Lab(tmp_path) as lab, Unit(lab, Settings(session_s=given_s)) as unit:
        unit.start()
        asked_s = time.monotonic()
        (phone,) = accepted(lab, 1)
        given_at_s = time.monotonic()
        ended_s = asyncio.run(download(phone, "/drip"))
        # The last drip comes up to a second before the end.
        assert ended_s - asked_s > given_s - 2
        assert ended_s - given_at_s < given_s + late_s
        assert asyncio.run(phone.visit(f"http://{SITE}/"))[0] == PORTAL
        wait_for(lambda: unit.state and unit.state.welcomed == 0, "nobody is counted as welcome")
