"""The agent's lives, one after the other, where its journal does not hold."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from triporteur_device import app, card
from triporteur_device.agent import Agent
from triporteur_device.crew import Crew, CrewFailed
from triporteur_device.journal import JournalReader, JournalWriter
from triporteur_wire.manager import Manager
from triporteur_wire.records import Event, Loss, decode_body

pytestmark = pytest.mark.slow


class House:
    """A unit without a depot; `watch` is called once a second of its life, and may stop it."""

    def __init__(self, folder: Path) -> None:
        self.card = folder / "card" / "device.journal"
        self.memory = folder / "run" / "device.journal"
        self.config = folder / "unit.toml"
        self.config.write_text(
            f"""
[unit]
name = "ben"
[journal]
directory = "{self.card.parent}"
kiosk = "{folder / "kiosk" / "kiosk.journal"}"
commit_interval_s = 0.5
rest_interval_s = 0.5
[snapshot]
path = "{self.memory.with_name("snapshot.json")}"
[mqtt]
host = "127.0.0.1"
port = 1
tls = false
"""
        )
        self.stop = threading.Event()
        self.watch: Callable[[Agent], None] = lambda _: self.stop.set()

    def run(self) -> None:
        app.run(self.config, self.stop, Manager({}))


def wait(event: threading.Event) -> None:
    event.wait()


def bodies(path: Path) -> list[object]:
    reader = JournalReader(path)
    found: list[object] = [decode_body(record.kind, record.body) for record in reader.records()]
    reader.close()
    return found


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    made = House(tmp_path)
    tick = Agent._tick

    def watched(agent: Agent, now_ms: int) -> None:
        tick(agent, now_ms)
        made.watch(agent)

    monkeypatch.setattr(Agent, "_tick", watched)
    monkeypatch.setattr(app, "_AGAIN_S", 0)
    yield made
    made.stop.set()


@pytest.mark.parametrize("flipped", ["log", "epoch"])
def test_a_flipped_bit_that_no_check_of_the_file_sees_costs_two_openings(
    house: House, flipped: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.card.parent.mkdir()
    logs = []
    for boot_no in (1, 2):
        with JournalWriter(house.card, boot_no, 0, "test") as journal:
            logs.append(journal.log)
    with sqlite3.connect(house.card) as connection:
        if flipped == "log":
            broken = "UPDATE logs SET log = CAST(x'e13661' AS TEXT) WHERE id = 1"
        else:
            broken = "INSERT INTO meta VALUES ('epoch', CAST(x'e16566' AS TEXT))"
        connection.execute(broken)
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    connection.close()
    house.run()
    assert house.card.with_name("device.journal.broken-1").exists()
    assert caplog.text.count("the journal is damaged") == 2
    lost = [body.log for body in bodies(house.card) if isinstance(body, Loss)]
    assert logs[1] in lost


def test_a_card_that_begins_to_refuse_hands_over_to_memory(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(card, "_PATIENCE_MS", 0)

    def refuse(agent: Agent) -> None:
        agent._journal._connection.execute("PRAGMA query_only = ON")
        agent._journal.append(1234, Event("as the card went"))
        house.watch = lambda _: house.stop.set()

    house.watch = refuse
    house.run()
    assert "going on in memory" in caplog.text
    assert Event("as the card went") in bodies(house.memory)
    assert Event("as the card went") not in bodies(house.card)
    reader = JournalReader(house.card)
    [log] = reader.logs()
    reader.close()
    reader = JournalReader(house.memory)
    assert {each.boot_no for each in reader.logs()} == {log.boot_no}
    reader.close()


def test_a_stop_as_the_card_goes_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "_PATIENCE_MS", 0)

    def refuse(agent: Agent) -> None:
        agent._journal._connection.execute("PRAGMA query_only = ON")
        agent._journal.append(1234, Event("as the card went"))
        house.stop.set()

    house.watch = refuse
    house.run()
    assert Event("as the card went") in bodies(house.memory)


def test_no_second_life_begins_beside_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_CHANGE_S", 0.05)
    release, stop = threading.Event(), threading.Event()
    crew = Crew()
    crew.start("publisher", lambda _: wait(release))
    with pytest.raises(CrewFailed, match="publisher did not end; the agent must be started anew"):
        app._end(crew, stop)
    release.set()
    monkeypatch.setattr(app, "_CHANGE_S", 60.0)
    app._end(crew, stop)


def test_what_lies_on_a_card_that_takes_nothing_is_delivered_all_the_same(house: House) -> None:
    house.card.parent.mkdir()
    with JournalWriter(house.card, 1, 0, "test") as journal:
        journal.append(0, Event("before"))
    house.card.with_name("boot.json").mkdir()
    waiting: dict[str, int] = {}

    def look(agent: Agent) -> None:
        waiting.update(agent._publisher.delivery(None, durable=False).logs)
        house.stop.set()

    house.watch = look
    house.run()
    assert house.memory.exists()
    assert waiting[journal.log] == 2
