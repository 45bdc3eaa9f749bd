"""The agent's threads: ended together, and whoever does not end is named."""

import threading

import pytest

from tests.rig import wait_for
from triporteur_device.crew import Crew, CrewFailed


def wait(event: threading.Event) -> None:
    event.wait()


def test_a_part_that_does_not_end_is_named(caplog: pytest.LogCaptureFixture) -> None:
    release = threading.Event()
    crew = Crew()
    crew.start("sleeper", lambda _: wait(release))
    crew.start("worker", wait)
    crew.stop.set()
    wait_for(lambda: not crew._threads[1].is_alive(), "who listens ends")
    assert crew.join(0.05) == ["sleeper"]
    assert "sleeper did not end" in caplog.text
    release.set()
    assert crew.join(120) == []


def test_a_part_that_fails_stops_the_others_and_says_why() -> None:
    def fail(_: threading.Event) -> None:
        raise ValueError("no")

    crew = Crew()
    crew.start("worker", wait)
    crew.start("faulty", fail)
    assert crew.stop.wait(120)
    with pytest.raises(CrewFailed, match="faulty failed") as caught:
        crew.join(120)
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_part_that_turns_or_waits_is_not_still() -> None:
    now_s, asked, release = 0.0, threading.Event(), threading.Event()

    def hang(stop: threading.Event) -> None:
        stop.is_set()
        asked.set()
        release.wait()

    def turn(stop: threading.Event) -> None:
        while not stop.wait(0.01):
            pass

    crew = Crew(lambda: now_s)
    crew.start("hanging", hang)
    crew.start("turning", turn)
    crew.start("waiting", wait)
    assert asked.wait(120)
    assert crew.still() == []
    now_s += 1000
    wait_for(lambda: crew.still() == ["hanging"], "only who hangs is named")
    release.set()
    assert crew.join(120) == []
    assert crew.still() == []


def test_a_part_may_stop_the_crew() -> None:
    crew = Crew()
    crew.start("worker", wait)
    crew.start("last", lambda stop: stop.set())
    assert crew.stop.wait(120)
    assert crew.join(120) == []
