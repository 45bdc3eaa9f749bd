"""Handing parcels to a real broker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.depot.scripted_broker import ScriptedBroker
from tests.rig import Road, free_port, listens, wait_for
from triporteur_depot.authority.passwords import hashed
from triporteur_depot.downlink.sender import NotSent, Sender

TOPIC = "triporteur/v1/ben/settings"
SECRET = "0" * 64

pytestmark = pytest.mark.slow


@pytest.fixture
def walled(tmp_path: Path) -> Iterator[Callable[[str], int]]:
    """Starts a broker that lets `depot` in, and gives it these rights."""
    with Road(tmp_path) as road:

        def start(rights: str) -> int:
            port = free_port()
            (tmp_path / "passwords").write_text(f"depot:{hashed(SECRET)}\n")
            (tmp_path / "rights").write_text(f"user depot\n{rights}\n")
            (tmp_path / "walled.conf").write_text(
                f"user root\nlistener {port} 127.0.0.1\nallow_anonymous false\n"
                f"password_file {tmp_path / 'passwords'}\nacl_file {tmp_path / 'rights'}\n"
            )
            road.start(
                "broker", str(Path("bin/mosquitto").absolute()), "-c", f"{tmp_path}/walled.conf"
            )
            wait_for(lambda: listens(port), "the broker listens")
            return port

        yield start


def test_a_broker_that_refuses_a_topic_is_told(walled: Callable[[str], int]) -> None:
    port = walled("topic write triporteur/v1/+/settings")
    with Sender("127.0.0.1", port, SECRET) as sender:
        sender.send(TOPIC, b"{}")
        with pytest.raises(NotSent, match="Not authorized"):
            sender.send("triporteur/v1/ben/ack", b"{}")


def test_a_password_that_is_wrong_is_told(walled: Callable[[str], int]) -> None:
    port = walled("topic write triporteur/v1/+/settings")
    for password in ("wrong", None):
        with pytest.raises(NotSent, match="password_file"), Sender("127.0.0.1", port, password):
            pass


def test_a_broker_that_is_not_there_is_told() -> None:
    port = free_port()
    with pytest.raises(NotSent, match=str(port)), Sender("127.0.0.1", port, None):
        pass


def test_a_name_that_no_resolver_takes_is_told() -> None:
    with pytest.raises(NotSent, match=r"depot\.\.example"), Sender("depot..example", 1, None):
        pass


def test_a_connection_that_has_ended_is_told() -> None:
    with ScriptedBroker() as broker, Sender("127.0.0.1", broker.port, None) as sender:
        broker.drop()
        with pytest.raises(NotSent, match="does not take triporteur/v1/ben/settings"):
            sender.send(TOPIC, b"{}")


def test_a_broker_that_says_why_it_ends_is_heard() -> None:
    with ScriptedBroker() as broker, Sender("127.0.0.1", broker.port, None) as sender:
        broker.disconnect(0x8B)
        with pytest.raises(NotSent, match="Server shutting down"):
            sender.send(TOPIC, b"{}")
