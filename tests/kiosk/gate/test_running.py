"""The gate as a process on real networks: it holds, it mends, and its end leaves nothing open."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.hostile import claim
from tests.network.internet import OTHERS, address_of
from tests.network.lab import UNIT_WIFI, UNIT_WWAN, Lab
from tests.network.namespace import end
from tests.network.phone import Phone
from tests.network.rights import missing
from tests.network.settings import PORTAL, Settings
from tests.network.unit import Unit
from tests.rig import wait_for
from triporteur_device.files import write_whole
from triporteur_kiosk.asking import ask_line
from triporteur_kiosk.gate.network import FACE
from triporteur_kiosk.gate.ruleset import CAPTIVE_PORT, GARDEN_PORT, OPEN_PORT
from triporteur_wire.desk import Done
from triporteur_wire.gate import TEAM_SOCKET, GateState, SwitchHotspot, decode_told, encode

pytestmark = [pytest.mark.slow, pytest.mark.skipif(missing() is not None, reason=str(missing()))]

SITE = OTHERS[0]
CAF = "caf.fr"
CONTENT = Path(__file__).parents[3] / "kiosk" / "content" / "content.toml"
BUDGET_MB = 1000
MB = 1_000_000


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    """A unit whose uplink answers; every test leaves its gate running, and its hotspot open."""
    with (
        Lab(tmp_path_factory.mktemp("lab")) as lab,
        Unit(lab, Settings(budget_mb=BUDGET_MB)) as made,
    ):
        yield made.start()


def serves(unit: Unit) -> bool:
    """Whether addresses are given out, and names told in every view."""
    listening = unit.lab.unit.run("ss", "-Hlun")
    ports = (67, CAPTIVE_PORT, GARDEN_PORT, OPEN_PORT)
    return all(f":{port} " in listening for port in ports)


def accepted(unit: Unit) -> Phone:
    wait_for(lambda: serves(unit), "every program serves")
    phone = unit.lab.add_phone()
    before = state(unit).sessions

    async def accept() -> None:
        await phone.join()
        await phone.accept(PORTAL)

    asyncio.run(accept())
    wait_for(lambda: state(unit).sessions == before + 1, "the gate has counted it")
    return phone


def passes(phone: Phone) -> bool:
    """Whether a site of the Internet answers itself, at its own address."""

    async def look() -> bool:
        try:
            answer = await phone.fetch(f"http://{address_of(SITE)}/", patience_s=2)
        except (OSError, TimeoutError):
            return False
        return "x-internet" in answer.headers

    return asyncio.run(look())


def gets_out(phone: Phone) -> None:
    """One look may take too long for it."""
    wait_for(lambda: passes(phone), "the welcomed phone passes")


def switch(unit: Unit, *, on: bool) -> None:
    line = ask_line(unit.ram / TEAM_SOCKET, encode(SwitchHotspot(on)), 60.0)
    assert decode_told(line) == Done()


def is_down(unit: Unit) -> bool:
    return "state DOWN" in unit.lab.unit.run("ip", "link", "show", "dev", UNIT_WIFI)


def state(unit: Unit) -> GateState:
    found = unit.state
    assert found
    return found


def left(unit: Unit) -> int:
    found = state(unit).bytes_left
    assert found is not None
    return found


def programs(unit: Unit) -> dict[str, int]:
    """Of the gate's programs those that run: their numbers by the name of what they read."""
    lines = {pid: command_line(pid) for pid in unit.lab.unit.processes()}
    return {
        Path(line.rstrip(b"\0").rpartition(b"=")[2].decode()).stem: pid
        for pid, line in lines.items()
        if line.startswith(b"dnsmasq")
    }


def command_line(pid: int) -> bytes:
    """Nothing of one that has just ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_closed_hotspot_has_no_air_and_stays_closed_until_it_is_opened(unit: Unit) -> None:
    phone = accepted(unit)
    gets_out(phone)
    switch(unit, on=False)
    wait_for(lambda: not state(unit).hotspot, "the hotspot is closed")
    wait_for(lambda: programs(unit) == {}, "nothing serves the Wi-Fi")
    wait_for(lambda: is_down(unit), "there is no air")
    assert not passes(phone)
    end(unit.gate)
    unit.run_gate()
    assert not state(unit).hotspot
    assert programs(unit) == {}
    switch(unit, on=True)
    wait_for(lambda: state(unit).hotspot, "the hotspot is open")
    gets_out(accepted(unit))
    assert not passes(phone)


def test_what_is_taken_from_it_comes_back_and_the_welcomed_pass_on(unit: Unit) -> None:
    phone = accepted(unit)
    welcomed, before = state(unit).welcomed, programs(unit)
    os.kill(before["addresses"], signal.SIGKILL)
    unit.nft("flush", "ruleset")
    wait_for(lambda: "the gate holds again" in unit.told("gate"), "the table is made anew")
    wait_for(lambda: programs(unit).keys() == before.keys(), "every program runs")
    assert programs(unit)["addresses"] != before["addresses"]
    gets_out(phone)
    assert state(unit).welcomed == welcomed
    gets_out(accepted(unit))


def test_an_adapter_that_was_pulled_out_serves_again_when_it_is_back(unit: Unit) -> None:
    phone, before = accepted(unit), programs(unit)
    unit.lab.pull_adapter()
    wait_for(lambda: "no network interface" in unit.told("gate"), "the loss is told")
    unit.lab.plug_adapter()

    def is_served() -> bool:
        """By others than before, which were bound to what is no more."""
        now = programs(unit)
        return now.keys() == before.keys() and not {*now.values()} & {*before.values()}

    wait_for(is_served, "every program runs anew")
    gets_out(accepted(unit))
    gets_out(phone)


def test_a_closed_hotspot_stays_closed_when_the_table_is_made_anew(unit: Unit) -> None:
    switch(unit, on=False)
    wait_for(lambda: not state(unit).hotspot, "the hotspot is closed")
    told = unit.told("gate").count("the gate holds again")
    unit.nft("flush", "ruleset")
    wait_for(lambda: unit.told("gate").count("the gate holds again") > told, "it is made anew")
    assert is_down(unit)
    assert programs(unit) == {}
    switch(unit, on=True)
    wait_for(lambda: state(unit).hotspot, "the hotspot is open")


def test_who_has_a_welcomed_phone_s_address_after_it_is_welcomed_and_told_so(unit: Unit) -> None:
    former, heir = accepted(unit), accepted(unit)
    (unit.ram / "leases").write_text("")  # its lease has run out
    own = heir.address
    heir.pose_as(mac=heir.mac, address=former.address)

    def is_answered() -> bool:
        """Not while the unit still takes the former one for who has it."""
        claim(heir, former.address, "10.77.0.1")
        try:
            return asyncio.run(heir.fetch(PORTAL, patience_s=1)).status == 200
        except TimeoutError:
            return False

    wait_for(is_answered, "the unit answers it there")
    asyncio.run(asyncio.wait_for(heir.accept(PORTAL), 120))
    gets_out(heir)
    heir.pose_as(mac=heir.mac, address=own)


def test_a_killed_gate_leaves_nothing_that_does_not_end_by_itself(unit: Unit) -> None:
    phone = accepted(unit)
    gets_out(phone)
    wait_for(lambda: state(unit).bytes, "the bytes are counted")
    end(unit.gate, signal.SIGKILL)
    wait_for(lambda: programs(unit) == {}, "its programs went with it")
    for held in ("outward", "welcomed", "passing", "macs"):
        told = unit.nft("list", "set", "inet", "triporteur_gate", held)
        assert told.count("expires") == told.count("timeout ") >= 1, told
    assert "timeout 30s" in unit.nft("list", "set", "inet", "triporteur_gate", "outward")
    before = left(unit)
    unit.run_gate()
    assert not passes(phone)
    assert state(unit).welcomed == 0
    assert before - BUDGET_MB * 10_000 <= left(unit) < before  # a hundredth was written ahead


def test_its_end_takes_all_down_and_keeps_what_was_spent(unit: Unit) -> None:
    phone = accepted(unit)
    before = left(unit)
    asyncio.run(phone.fetch(f"http://{address_of(SITE)}/bytes/3000000"))
    wait_for(lambda: before - left(unit) > 3_000_000, "the bytes are counted")
    now = left(unit)  # less what came since the gate counted last
    assert end(unit.gate) == 0
    assert unit.nft("list", "ruleset") == ""
    assert programs(unit) == {}
    assert "inet" not in unit.lab.unit.run("ip", "address", "show", "dev", UNIT_WIFI)
    assert unit.state is None
    assert not list(unit.ram.rglob("*.sock"))
    unit.run_gate()
    assert now - MB < left(unit) <= now


def test_a_lost_uplink_closes_what_is_open_and_the_grant_lives_on(unit: Unit) -> None:
    phone = accepted(unit)
    with unit.lab.uplink_down():
        unit.until("local", uplink=False)
        assert state(unit).because == "uplink_lost"
        where, _ = asyncio.run(phone.visit(f"http://{SITE}/"))
        assert where == PORTAL
    unit.until("open", uplink=True)
    wait_for(lambda: passes(phone), "the phone passes again")


#: The root zone's start, as the gate asks for it.
_ROOT = b"\1\0\0\1\0\0\0\0\0\0\0\0\6\0\1"
#: Beyond there is no room for answers to names, and little for anything else.
_FULL = """
table inet full {
    chain arriving {
        type filter hook input priority filter
        udp dport 53 drop
    }
    chain leaving {
        type filter hook output priority filter
        oifname isp limit rate over 400 kbytes/second drop
    }
}
"""


def test_a_download_that_leaves_names_no_room_is_no_lost_uplink(unit: Unit) -> None:
    phone, beyond = accepted(unit), unit.lab.internet
    # Room for what comes while we stand still: what nobody takes is not sent.
    phone.namespace.set("ipv4/tcp_rmem", "4096 16777216 16777216")
    lost = unit.told("gate").count("uplink is lost")

    def asked() -> int:
        return sum(_ROOT in frame.whole for frame in beyond.capture.frames())

    async def download() -> None:
        url = f"http://{address_of(SITE)}/bytes/{100 * MB}"
        going = asyncio.create_task(phone.fetch(url))
        unanswered = 0
        while unanswered < 4:  # two are a loss
            unanswered += asked()
            await asyncio.sleep(0.1)
        assert not going.done()
        going.cancel()

    beyond.namespace.run("nft", "-f", "-", said=_FULL)
    try:
        asked()
        asyncio.run(download())
        assert unit.told("gate").count("uplink is lost") == lost
    finally:
        beyond.namespace.run("nft", "delete", "table", "inet", "full")
    unit.until("open", uplink=True)


def test_who_asks_from_one_port_all_the_time_is_told_what_holds(unit: Unit) -> None:
    """As resolvers do that keep their socket."""
    wait_for(lambda: serves(unit), "every program serves")
    phone = unit.lab.add_phone()
    asyncio.run(phone.join())

    def address() -> str:
        (told,) = asyncio.run(phone.resolve(SITE, port=40_000)).addresses
        return told

    assert address() == str(FACE)
    asyncio.run(phone.accept(PORTAL))
    assert address() == address_of(SITE)
    with unit.lab.uplink_down():
        unit.until("local", uplink=False)
        assert address() == str(FACE)
    unit.until("open", uplink=True)
    assert address() == address_of(SITE)


def test_an_uplink_that_comes_into_the_phones_network_keeps_its_ways_while_it_does(
    unit: Unit,
) -> None:
    """A stick that is plugged in, a 4G network that gives another address."""
    taken = "10.77.1.0/24"
    unit.lab.unit.ip(f"address add 10.77.1.9/24 dev {UNIT_WWAN}")

    def leads(address: str, interface: str) -> bool:
        return f" dev {interface} " in unit.lab.unit.run("ip", "route", "get", address)

    assert leads("10.77.1.1", UNIT_WWAN)
    wait_for(lambda: leads("10.77.0.9", UNIT_WWAN), "the phones' is left")
    told = f"the gate does not hold, and is made anew: {UNIT_WWAN} is in the network {taken}, which"
    wait_for(lambda: told in unit.told("gate"), "it is told")
    held = unit.told("gate").count("the gate holds again")
    unit.lab.unit.ip(f"address del 10.77.1.9/24 dev {UNIT_WWAN}")
    wait_for(lambda: unit.told("gate").count("the gate holds again") > held, "it is back")
    gets_out(accepted(unit))


def test_nobody_who_was_there_is_named_in_a_log_or_a_file(unit: Unit) -> None:
    phone = accepted(unit)
    os.kill(programs(unit)["addresses"], signal.SIGKILL)
    wait_for(lambda: "it is started again" in unit.told("gate"), "the loss is told")
    end(unit.gate)
    words = (phone.mac.hex(":"), phone.address)
    found = [
        path
        for path in [*unit.folder.rglob("*"), *unit.ram.rglob("*")]
        if path.is_file()
        and path.name != "leases"
        and any(word.encode() in path.read_bytes() for word in words)
    ]
    assert found == []
    unit.run_gate()


def test_a_partner_who_comes_or_goes_with_the_content_is_let_through_or_not(
    tmp_path: Path,
) -> None:
    content = tmp_path / "content.toml"
    whole = CONTENT.read_text(encoding="utf-8")
    assert CAF in whole
    content.write_text(whole.replace(CAF, "elsewhere.example"), encoding="utf-8")
    with Lab(tmp_path) as lab, Unit(lab, Settings(access="partners", content=content)) as unit:
        unit.run_gate()
        phone = lab.add_phone()
        wait_for(lambda: serves(unit), "every program serves")
        asyncio.run(phone.join())

        def is_let_through() -> bool:
            """Whether the name leads to the partner, and the partner's port answers."""

            async def look() -> bool:
                try:
                    told = await phone.resolve(f"www.{CAF}")
                    _, writer = await phone.connect(told.addresses[0], 443)
                except OSError:
                    return False
                writer.transport.abort()
                return told.addresses == (address_of(f"www.{CAF}"),)

            return asyncio.run(look())

        assert not is_let_through()
        write_whole(content, whole.encode(), durable=False)
        wait_for(is_let_through, "the partner who came is let through")
        write_whole(content, whole.replace(CAF, "elsewhere.example").encode(), durable=False)
        wait_for(lambda: not is_let_through(), "the partner who went is not")
