"""What the service manager hears of the agent: that it works, and nothing once a part hangs."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.manager import Listener
from tests.rig import wait_for
from triporteur_device.crew import Crew
from triporteur_device.vitals import Vitals
from triporteur_wire.manager import Manager
from triporteur_wire.messages import Delivery, SourceHealth, Status

BATTERY = SourceHealth("jbd", None, 0, 0, {}, doubts=("offline",))
STATUS = Status(
    "ben", "", "1", 3, 50_000, None, 15, {}, {"battery": BATTERY}, Delivery(True, 0, None, 0, {})
)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Listener]:
    with Listener(tmp_path / "notify") as listener:
        yield listener


def test_a_part_that_hangs_is_named_once_and_then_nothing_is_said(
    manager: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    now_s, asked, release = 0.0, threading.Event(), threading.Event()

    def hang(stop: threading.Event) -> None:
        stop.is_set()
        asked.set()
        release.wait()

    crew = Crew(lambda: now_s)
    words = manager.words | {"WATCHDOG_USEC": "90000000"}
    vitals = Vitals(Manager(words, lambda: now_s), crew)
    crew.start("battery", hang)
    assert asked.wait(120)

    vitals.look(STATUS)
    sentence = "STATUS=0 of 1 sources heard; depot connected"
    assert manager.heard() == ["READY=1", sentence, "WATCHDOG=1"]
    now_s += 1
    vitals.look(STATUS)
    assert manager.heard() == ["WATCHDOG=1"]

    now_s += 1000
    with caplog.at_level(logging.ERROR):
        vitals.look(STATUS)
        vitals.look(STATUS)
    assert manager.heard() == []
    assert caplog.text.count("battery hangs") == 1

    release.set()
    wait_for(lambda: not crew.still(), "it goes on")
    vitals.look(STATUS)
    assert manager.heard() == ["WATCHDOG=1"]
    crew.join(120)
