"""Nothing but a listed read leaves by a port: what is looked at is the port's far end."""

import ast
import os
import tty
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.tree import ROOT, files
from tests.device.link.writes import WRITE, WRITES
from triporteur_device import conversation
from triporteur_device.link import NotARead, open_link
from triporteur_device.protocols import PROTOCOLS, Fitting, Frame, ProtocolSpec
from triporteur_device.protocols.modbus_maps import PHASERUNNER
from triporteur_device.source import Source


def fitted(spec: ProtocolSpec) -> Iterator[ProtocolSpec]:
    """The entry for every way of fitting the device that makes a difference to its questions."""
    yield spec
    registers = PHASERUNNER if "registers" in spec.takes else None
    for address in range(1, 248) if "address" in spec.takes else ():
        with suppress(ValueError):
            yield spec.fitted(Fitting(address=address, registers=registers))


specs = pytest.mark.parametrize("spec", PROTOCOLS.values(), ids=lambda spec: spec.name)
ASKING = [spec for spec in PROTOCOLS.values() if spec.requests or "registers" in spec.takes]
DEVICE = ROOT / "device" / "triporteur_device"
MARK = b"the end of what was written"


class Terminal:
    """A pseudo-terminal: the path of our end, and what comes out at the device's."""

    def __init__(self) -> None:
        self._device, self._ours = os.openpty()
        tty.setraw(self._ours)
        self.path = os.ttyname(self._ours)

    def came_out(self) -> bytes:
        """All that was written at our end since: it comes out before what is written now."""
        os.write(self._ours, MARK)
        heard = b""
        while not heard.endswith(MARK):
            heard += os.read(self._device, 65536)
        return heard.removesuffix(MARK)

    def close(self) -> None:
        os.close(self._ours)
        os.close(self._device)


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def hasty() -> Iterator[None]:
    """Nobody answers here, nor is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversation, "_READ_TIMEOUT_S", 0.0)
        yield


class Reckless:
    """Wants these bytes sent, one after the other, then the end."""

    def __init__(self, wanted: list[bytes], stop: Event) -> None:
        self._wanted = list(wanted)
        self._stop = stop

    def next_request(self, now_s: float) -> bytes | None:
        if not self._wanted:
            self._stop.set()
            return None
        return self._wanted.pop(0)

    def received(self, frame: Frame, now_s: float) -> None:
        pass


def wishes(spec: ProtocolSpec) -> st.SearchStrategy[list[bytes]]:
    """Reads of this and other protocols, writes, halves and doubles of them, and anything."""
    known = sorted({*WRITES.values(), *(r for each in PROTOCOLS.values() for r in each.requests)})
    any_known = st.sampled_from(known)
    own = st.sampled_from(sorted(spec.requests)) if spec.requests else st.binary(min_size=1)
    spoilt = st.tuples(any_known, st.integers(1, 12), st.binary(max_size=3)).map(
        lambda parts: parts[0][: -parts[1]] + parts[2]
    )
    wish = st.one_of(own, own, any_known, spoilt, st.binary(), own.map(lambda read: read * 2))
    return st.lists(wish, max_size=3)


WITH_QUESTIONS = {
    name: max(islice(fitted(spec), 2), key=lambda each: len(each.requests))
    for name, spec in PROTOCOLS.items()
}
WISHES = {name: wishes(spec) for name, spec in WITH_QUESTIONS.items()}


@specs
@given(data=st.data())
def test_whatever_a_poller_wants_only_listed_reads_leave_the_port(
    spec: ProtocolSpec, data: st.DataObject, terminal: Terminal
) -> None:
    stop = Event()
    spec = WITH_QUESTIONS[spec.name]
    wanted = data.draw(WISHES[spec.name])
    source = Source(
        "device",
        replace(spec, poller=lambda: Reckless(wanted, stop)),
        lambda requests: open_link(terminal.path, 115200, requests),
        lambda: 0,
        lambda _: None,
    )
    allowed = list(iter_until(wanted, spec.requests))
    if len(allowed) < len(wanted):
        with pytest.raises(NotARead):
            source.run(stop)
    else:
        source.run(stop)
    assert terminal.came_out() == b"".join(allowed)


def iter_until(wanted: list[bytes], requests: frozenset[bytes]) -> Iterator[bytes]:
    """What goes out before the first that may not."""
    for each in wanted:
        if each not in requests:
            return
        yield each


@specs
@pytest.mark.parametrize("write", WRITES.values(), ids=[" ".join(name) for name in WRITES])
def test_no_known_write_leaves_a_port(spec: ProtocolSpec, write: bytes, terminal: Terminal) -> None:
    link = open_link(terminal.path, spec.baud, spec.requests)
    with pytest.raises(NotARead):
        link.write(write)
    link.close()
    assert terminal.came_out() == b""


@specs
def test_no_driver_lists_a_write_of_any_protocol(spec: ProtocolSpec) -> None:
    assert [r.hex(" ") for r in spec.requests if any(w.match(r) for w in WRITE.values())] == []


@specs
def test_no_address_makes_a_write_of_a_read(spec: ProtocolSpec) -> None:
    requests = {request for each in fitted(spec) for request in each.requests} - spec.requests
    # With an address before it, a read of one family may look like another's write.
    own = WRITE["daly" if spec.name == "daly_a5" else "modbus"]
    assert [r.hex(" ") for r in requests if own.match(r)] == []


def test_a_device_that_waits_for_its_fitting_asks_something_then() -> None:
    assert all(any(each.requests for each in fitted(spec)) for spec in ASKING)


@pytest.mark.parametrize(("name", "write"), WRITES.items(), ids=[" ".join(name) for name in WRITES])
def test_every_known_write_is_known_as_one(name: tuple[str, str], write: bytes) -> None:
    assert WRITE[name[0]].match(write)


def test_a_line_that_is_only_listened_to_sends_nothing(terminal: Terminal) -> None:
    link = open_link(terminal.path, 9600)
    with pytest.raises(NotARead, match="not sent"):
        link.write(bytes.fromhex("dda50300fffd77"))
    link.close()
    assert terminal.came_out() == b""


def test_there_is_no_other_door_to_a_port() -> None:
    doors = {
        path.relative_to(DEVICE).as_posix()
        for path in files(DEVICE, "*.py")
        if "Link" in (text := path.read_text()) and {"SerialLink", "ReplayLink"} & set(names(text))
    }
    assert doors == {"link/serial_port.py", "link/replay.py", "link/opening.py"}


def names(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name):
                yield name.rpartition(".")[2]
