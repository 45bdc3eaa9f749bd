"""What of a phone's reaches the Internet before it was let in: nothing, whatever it tries."""

import asyncio
import signal
from collections.abc import Collection, Iterator

import pytest

from tests.network.capture import Frame
from tests.network.escape import SAID, try_everything
from tests.network.internet import OTHERS, PARTNERS
from tests.network.lab import Lab
from tests.network.namespace import end
from tests.network.phone import Phone
from tests.network.settings import PORTAL, Settings
from tests.network.unit import Unit
from tests.network.witness import leaked
from tests.rig import wait_for
from triporteur_kiosk.public.content_file import load_content
from triporteur_kiosk.public.garden import garden_names
from triporteur_wire.gate import Access

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("leak")) as made:
        yield made


@pytest.fixture(scope="module")
def unit(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Unit]:
    """One that gives this access; tests that ask for the same one share it."""
    with Unit(lab, Settings(access=request.param)) as made:
        yield made.start()


def giving(*access: Access) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("unit", access, indirect=True)


def joined(unit: Unit) -> Phone:
    phone = unit.lab.add_phone()
    asyncio.run(phone.join())
    return phone


def escapes(unit: Unit, phone: Phone, partners: Collection[str] = ()) -> list[Frame]:
    """What came of it, of all that was tried."""
    unit.lab.internet.capture.frames()  # what was before
    asyncio.run(try_everything(phone, unit.wifi_6))
    return leaked(unit.lab.internet.capture.frames(), partners)


def listed(unit: Unit) -> tuple[str, ...]:
    """Partners' names, and what their sites need besides."""
    return garden_names(load_content(unit.config.content_path))


@giving("local", "partners", "open")
def test_nothing_of_a_stranger_reaches_the_internet(unit: Unit) -> None:
    assert escapes(unit, joined(unit)) == []


@giving("partners", "open")
def test_a_stranger_reaches_the_partners_that_are_listed_and_nobody_else(unit: Unit) -> None:
    phone, trust = joined(unit), unit.lab.internet.authority.trust
    for name in PARTNERS:
        assert asyncio.run(phone.fetch(f"https://{name}/", trust=trust)).status == 200
        assert asyncio.run(phone.visit(f"http://{name}/"))[0] == PORTAL
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(phone.fetch(f"https://{OTHERS[0]}/", trust=trust))
    assert escapes(unit, phone, listed(unit)) == []


@giving("open")
def test_the_same_from_a_phone_that_was_let_in_arrives(unit: Unit) -> None:
    phone = joined(unit)
    asyncio.run(phone.accept(PORTAL))
    arrived = escapes(unit, phone)

    def have_arrived() -> bool:
        arrived.extend(leaked(unit.lab.internet.capture.frames(), ()))
        kinds = {(frame.kind, frame.port) for frame in arrived if SAID in frame.whole}
        return {("udp", 443), ("udp", 51820), ("ip 47", None)} <= kinds

    wait_for(have_arrived, "what it says arrives")
    assert {"192.0.2.2"} == {frame.source for frame in arrived}


@giving("open")
def test_a_gate_that_was_killed_leaves_nothing_open(unit: Unit) -> None:
    phone = joined(unit)
    end(unit.gate, signal.SIGKILL)
    wait_for(lambda: ":530" not in unit.lab.unit.run("ss", "-Hlun"), "its programs go with it")
    unit.lab.internet.capture.frames()
    with pytest.raises(ConnectionRefusedError):  # nobody answers for names any more
        asyncio.run(try_everything(phone, unit.wifi_6))
    # Whom the garden has learnt of before, it lets through for half a minute.
    assert leaked(unit.lab.internet.capture.frames(), listed(unit)) == []
    unit.run_gate()
    assert escapes(unit, phone) == []
