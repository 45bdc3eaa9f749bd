"""The table while it runs, in a real kernel: a phone's names follow at once what holds for it.

The phone asks from one port all the time, as resolvers do that keep theirs.
"""

import json
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.kiosk.gate.planned import planned
from tests.kiosk.gate.street import OPEN, Street, up
from tests.network.namespace import Namespace
from triporteur_kiosk.gate.counting import HAD_TODAY
from triporteur_kiosk.gate.keeper.kernel import Kernel
from triporteur_kiosk.gate.keeper.passes import Pass, Phone
from triporteur_kiosk.gate.ruleset import CAPTIVE_PORT, GARDEN_PORT, OPEN_PORT, TABLE
from triporteur_kiosk.gate.sets import OUTWARD

pytestmark = pytest.mark.slow

IP, ASKING_PORT = "10.77.0.20", 40_000
VIEWS = {CAPTIVE_PORT: "captive", GARDEN_PORT: "garden", OPEN_PORT: "open"}
LIMIT, PATIENCE_S = 10**9, 60


class Names:
    """A phone that asks for names at `server`, and the views there, which only hear."""

    def __init__(self, street: Street, server: str, kind: socket.SocketKind) -> None:
        self._street, self._server, self._kind = street, server, kind
        self._stack = ExitStack()
        self._views = [self._socket(street.unit, port) for port in VIEWS]
        self._asking = self._socket(street.phone, ASKING_PORT)

    def close(self) -> None:
        self._stack.close()

    def asks(self) -> str:
        """Which view the next question comes to."""
        self._asking.sendto(b"?", (self._server, 53))
        heard = self._heard()
        heard.recv(9)
        return VIEWS[heard.getsockname()[1]]

    def calls(self) -> str:
        """Which view the connection comes to that it keeps from now on."""
        self._asking.connect((self._server, 53))
        heard = self._heard()
        self._stack.enter_context(heard.accept()[0])
        return VIEWS[heard.getsockname()[1]]

    def is_told_to_call_anew(self) -> bool:
        self._asking.send(b"?")
        with pytest.raises(ConnectionResetError):
            self._asking.recv(9)
        return True

    def _heard(self) -> socket.socket:
        (heard,), _, _ = select.select(self._views, [], [], PATIENCE_S)
        assert isinstance(heard, socket.socket)
        return heard

    def _socket(self, where: Namespace, port: int) -> socket.socket:
        """At all addresses of this family; a view of connections listens."""
        family = socket.AF_INET6 if ":" in self._server else socket.AF_INET
        with where.entered():
            made = self._stack.enter_context(socket.socket(family, self._kind))
        made.settimeout(PATIENCE_S)
        made.bind(("", port))
        if self._kind == socket.SOCK_STREAM and port in VIEWS:
            made.listen()
        return made


class Aboard:
    """What is asked of the kernel's table, in the unit."""

    def __init__(self, street: Street) -> None:
        self._unit = street.unit
        self._kernel = Kernel("wlan0")

    def admit(self, one: Pass) -> None:
        with self._unit.entered():
            self._kernel.admit(one)

    def dismiss(self, one: Pass) -> None:
        with self._unit.entered():
            self._kernel.dismiss(one)

    def let_out(self, *, outward: bool) -> None:
        with self._unit.entered():
            self._kernel.beat(outward=outward, limit=LIMIT)

    def begin_anew(self) -> None:
        self._kernel.begin_anew()

    def begin_day(self) -> None:
        with self._unit.entered():
            self._kernel.begin_day()


@pytest.fixture
def aboard(street: Street, tmp_path: Path) -> Aboard:
    """One that lets phones out."""
    plan = planned(tmp_path, OPEN)
    up(street, plan)
    street.phone.ip(f"address add {plan.network.ipv6[0x20]}/64 dev wlan0 nodad")
    made = Aboard(street)
    made.let_out(outward=True)
    return made


@pytest.fixture(params=["1.1.1.1", "six"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Whom the phone asks: somebody else, as it believes, or the unit over IPv6."""
    return str(planned(tmp_path).network.unit6) if request.param == "six" else str(request.param)


@pytest.fixture
def names(street: Street, server: str) -> Iterator[Names]:
    made = Names(street, server, socket.SOCK_DGRAM)
    yield made
    made.close()


def passing(street: Street) -> Pass:
    (link,) = json.loads(street.phone.run("ip", "-j", "link", "show", "dev", "wlan0"))
    return Pass(Phone(link["address"], IP), "visitor1", 3600, LIMIT)


def test_a_welcome_and_its_end_lead_names_elsewhere_at_once(
    street: Street, aboard: Aboard, names: Names
) -> None:
    one = passing(street)
    assert names.asks() == "garden"
    aboard.admit(one)
    assert names.asks() == "open"
    aboard.dismiss(one)
    assert names.asks() == "garden"


def test_what_is_let_out_and_what_no_more_lead_names_elsewhere_at_once(
    street: Street, aboard: Aboard, names: Names
) -> None:
    aboard.admit(passing(street))
    assert names.asks() == "open"
    aboard.let_out(outward=False)
    assert names.asks() == "captive"
    aboard.let_out(outward=True)
    assert names.asks() == "open"


def test_a_table_made_anew_leads_names_anew(street: Street, aboard: Aboard, names: Names) -> None:
    street.unit.run("nft", "flush", "set", "inet", TABLE, OUTWARD)
    assert names.asks() == "captive"
    aboard.begin_anew()
    aboard.let_out(outward=True)
    assert names.asks() == "garden"


def test_a_kept_connection_ends_with_what_it_was_led_by(
    street: Street, aboard: Aboard, server: str
) -> None:
    names = Names(street, server, socket.SOCK_STREAM)
    try:
        assert names.calls() == "garden"
        aboard.admit(passing(street))
        assert names.is_told_to_call_anew()
    finally:
        names.close()


def had_today(street: Street) -> str:
    return street.unit.run("nft", "list", "set", "inet", TABLE, HAD_TODAY)


def test_a_new_day_begins_with_nothing_had(street: Street, aboard: Aboard) -> None:
    street.unit.run("nft", "add", "element", "inet", TABLE, HAD_TODAY, "{ 7 }")
    assert "elements = " in had_today(street)
    aboard.begin_day()
    assert "elements = " not in had_today(street)


def test_a_new_day_begins_also_where_nothing_is_limited(street: Street, tmp_path: Path) -> None:
    up(street, planned(tmp_path, f"{OPEN}visitor_mb = 0\nbudget_mb = 0"))
    Aboard(street).begin_day()


def test_another_phone_s_questions_go_on(street: Street, aboard: Aboard, server: str) -> None:
    """In a crowd somebody is welcomed each second."""
    names = Names(street, server, socket.SOCK_STREAM)
    try:
        assert names.calls() == "garden"
        aboard.admit(Pass(Phone("02:00:00:00:00:00", "10.77.0.21"), "visitor1", 3600, LIMIT))
        flows = street.unit.run("conntrack", "-L", "-p", "tcp", "--dport", "53")
        assert "ESTABLISHED" in flows
    finally:
        names.close()
