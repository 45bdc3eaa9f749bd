"""One phone that means harm: the others are served on. docs/gate.md says what cannot be helped."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.network.hostile import ask_names, besiege, claim, shout, starve, talk, trickle
from tests.network.internet import OTHERS, PARTNERS, address_of
from tests.network.lab import UNIT_WWAN, Lab
from tests.network.phone import PATIENCE_S, Phone
from tests.network.settings import PORTAL, Settings
from tests.network.unit import Unit
from tests.rig import wait_for
from triporteur_kiosk.gate.crowding import MOST_CALLS, MOST_FLOWS
from triporteur_kiosk.public.server import MAX_CONNECTIONS

pytestmark = pytest.mark.slow

PROBE = "http://connectivitycheck.gstatic.com/generate_204"
FACE, GATEWAY = "198.51.100.1", "10.77.0.1"
SITE = f"http://{OTHERS[0]}/"
_ASK_AGAIN_S = 0.2


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    few = Settings(network="10.77.0.0/23")
    with Lab(tmp_path_factory.mktemp("hostile")) as lab, Unit(lab, few) as made:
        yield made.start()


def joined(unit: Unit) -> Phone:
    phone = unit.lab.add_phone()
    asyncio.run(phone.join())
    return phone


async def meets_the_portal(phone: Phone) -> None:
    where, page = await phone.visit(PROBE)
    assert (where, page.status) == (PORTAL, 200)


def test_odd_requests_break_nothing_and_nobody_waits_for_them(unit: Unit) -> None:
    harmful, other = joined(unit), joined(unit)

    async def both() -> None:
        shouting = asyncio.create_task(shout(harmful, FACE, seed=1, count=150))
        served = 0
        while not shouting.done():
            await meets_the_portal(other)
            served += 1
            await asyncio.sleep(_ASK_AGAIN_S)
        await shouting
        assert served

    asyncio.run(both())
    asyncio.run(meets_the_portal(harmful))
    assert unit.portal.poll() is None
    told = unit.told("portal")
    assert "Traceback" not in told
    for phone in (harmful, other):
        assert phone.address not in told


def test_connections_that_trickle_keep_nobody_out(unit: Unit) -> None:
    """More than the portal has places for, of as many phones as it takes for that."""
    other, *harmful = (joined(unit) for _ in range(1 + MAX_CONNECTIONS // MOST_CALLS + 1))

    async def all_of_them() -> None:
        done = asyncio.Event()
        trickling = [asyncio.create_task(trickle(one, FACE, MOST_CALLS, done)) for one in harmful]
        try:
            for _ in range(5):
                await meets_the_portal(other)
        finally:
            done.set()
            await asyncio.gather(*trickling)

    asyncio.run(all_of_them())


def test_one_phone_does_not_hold_more_connections_than_one_phone_needs(unit: Unit) -> None:
    """With thousands of them it kept everybody from the pages, however soon each was ended."""
    harmful, other = joined(unit), joined(unit)

    async def both() -> int:
        lines = await besiege(harmful, FACE, 3 * MOST_CALLS)
        await meets_the_portal(other)
        for _, writer in lines:
            writer.transport.abort()
        return len(lines)

    assert asyncio.run(both()) == MOST_CALLS


def test_one_phone_does_not_fill_the_kernel_s_table_of_flows(unit: Unit) -> None:
    def flows() -> int:
        return int(unit.lab.unit.run("cat", "/proc/sys/net/netfilter/nf_conntrack_count"))

    harmful, before = joined(unit), flows()
    talk(harmful, harmful.name_server, 3 * MOST_FLOWS)
    assert flows() - before <= MOST_FLOWS + 100  # others' own
    asyncio.run(meets_the_portal(joined(unit)))


def test_who_asks_for_thousands_of_names_takes_little_of_the_day_and_that_is_counted(
    unit: Unit,
) -> None:
    harmful, other = joined(unit), joined(unit)
    before, carried = left(unit), uplink_bytes(unit)
    ask_names(harmful, PARTNERS[0], 3000)
    assert asyncio.run(other.resolve(PARTNERS[0])).addresses == (address_of(PARTNERS[0]),)
    wait_for(lambda: before - left(unit) > 10_000, "names are counted")
    went = uplink_bytes(unit) - carried
    assert went < 500 * 600  # as many questions as come with a page or two, and their answers
    wait_for(lambda: before - left(unit) > 0.8 * went, "nearly all that the uplink carried")


def left(unit: Unit) -> int:
    assert unit.state
    assert unit.state.bytes_left is not None
    return unit.state.bytes_left


def uplink_bytes(unit: Unit) -> int:
    table = unit.lab.unit.run("cat", "/proc/net/dev").splitlines()
    counts = next(line.split(":")[1].split() for line in table if UNIT_WWAN in line)
    return int(counts[0]) + int(counts[8])


def test_who_claims_a_welcomed_phone_s_address_gets_nothing_and_ends_nothing(unit: Unit) -> None:
    accepted, thief = joined(unit), joined(unit)
    asyncio.run(accepted.accept(PORTAL))
    asyncio.run(is_refused_as_a_stranger(thief, accepted))
    assert asyncio.run(accepted.fetch(SITE)).status == 200


async def is_refused_as_a_stranger(thief: Phone, accepted: Phone) -> None:
    """The unit believes a phone that says so, once who had the address is silent for a second."""
    own = thief.address
    thief.pose_as(mac=thief.mac, address=accepted.address)
    async with asyncio.timeout(PATIENCE_S):
        while (status := await asked_for_the_internet(thief, accepted.address)) in (None, 503):
            pass
    assert status == 409
    thief.pose_as(mac=thief.mac, address=own)
    claim(accepted, accepted.address, GATEWAY)


async def asked_for_the_internet(thief: Phone, address: str) -> int | None:
    """What came of it, at an address that it says is its own; None for no answer there."""
    claim(thief, address, GATEWAY)
    with suppress(TimeoutError):
        return (await thief.fetch(f"{PORTAL}internet", "POST", patience_s=3)).status
    return None


def test_half_of_what_tells_phones_apart_lets_nobody_through(unit: Unit) -> None:
    """A phone is let in by its MAC and its address together."""
    accepted, other, thief = joined(unit), joined(unit), joined(unit)
    for phone in (accepted, other):
        asyncio.run(phone.accept(PORTAL))
        assert asyncio.run(phone.fetch(SITE)).status == 200
    thief.pose_as(mac=accepted.mac, address=thief.address)
    asyncio.run(is_captured(thief))
    thief.pose_as(mac=thief.mac, address=accepted.address)
    asyncio.run(is_captured(thief))
    assert asyncio.run(other.fetch(SITE)).status == 200


async def is_captured(phone: Phone) -> None:
    real = address_of(OTHERS[0])
    answer = await phone.fetch(f"http://{real}/")
    assert (answer.status, answer.headers["location"]) == (302, PORTAL)
    with pytest.raises(ConnectionRefusedError):
        await phone.fetch(f"https://{real}/")


def test_one_radio_does_not_take_all_addresses_whatever_it_calls_itself(unit: Unit) -> None:
    harmful, other = joined(unit), joined(unit)
    assert 0 < starve(harmful, 30) < 20
    asyncio.run(meets_the_portal(other))
    assert asyncio.run(other.join()).address == other.address
    asyncio.run(meets_the_portal(joined(unit)))
