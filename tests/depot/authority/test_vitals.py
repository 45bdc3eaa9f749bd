"""What the service manager hears of the registrar, on a broker that the test speaks for."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.depot.authority.counter import Counter
from tests.depot.scripted_broker import CONNECT, SUBSCRIBE, ScriptedBroker
from tests.manager import Listener
from tests.rig import free_port, wait_for
from triporteur_depot.authority import desk
from triporteur_depot.authority.console_registrar import ConsoleRegistrar
from triporteur_depot.authority.desk import Desk
from triporteur_depot.database import open_writer
from triporteur_wire.manager import Manager

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(desk, "_TURN_S", 0.05)


@contextmanager
def registrar(folder: Path, port: int) -> Iterator[Listener]:
    counter, stop = Counter(folder), threading.Event()
    manager = Listener(folder / "notify")
    words = manager.words | {"WATCHDOG_USEC": "90000000"}
    consoles = ConsoleRegistrar(
        counter.vault, partial(open_writer, counter.database), lambda: counter.now_ms, (), ()
    )
    made = Desk(counter.registrar, consoles, "127.0.0.1", port, "secret", Manager(words))
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    try:
        with manager, closing(counter.connection):
            yield manager
    finally:
        stop.set()
        thread.join()


def test_a_registrar_that_is_heard_says_so_in_order(tmp_path: Path) -> None:
    with ScriptedBroker() as broker, registrar(tmp_path, broker.port) as manager:
        said = manager.heard_until("STATUS=broker heard")
        assert [word for word in said if word != "WATCHDOG=1"] == [
            "STATUS=broker away",
            "READY=1",
            "STATUS=broker heard",
        ]
        broker.drop()
        manager.heard_until("STATUS=broker away")
        manager.heard_until("STATUS=broker heard")


def test_a_broker_that_lets_in_and_never_says_so_is_not_heard(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with registrar(tmp_path, port) as manager:
            said = manager.heard_until("WATCHDOG=1") + manager.heard_until("WATCHDOG=1")
    assert said == ["STATUS=broker away", "READY=1", "WATCHDOG=1", "WATCHDOG=1"]


def test_a_broker_that_is_away_ends_no_registrar(tmp_path: Path) -> None:
    with registrar(tmp_path, free_port()) as manager:
        said = manager.heard_until("WATCHDOG=1")
        assert said == ["STATUS=broker away", "READY=1", "WATCHDOG=1"]
        assert set(manager.heard_until("WATCHDOG=1")) == {"READY=1", "WATCHDOG=1"}


def test_a_registrar_that_may_hear_nobody_says_so_until_it_may(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with ScriptedBroker() as broker:
        broker.suback = 0x87
        with registrar(tmp_path, broker.port) as manager:
            wait_for(lambda: broker.sent(SUBSCRIBE, 3), "it asks again")
            broker.suback = 0
            said = manager.heard_until("STATUS=broker heard")
    assert said.count("STATUS=broker away") == 1
    assert len(broker.sent(CONNECT)) == 1
    assert caplog.text.count("does not let 'registrar' hear") == 1
    assert caplog.text.count("broker: connected") == 1
