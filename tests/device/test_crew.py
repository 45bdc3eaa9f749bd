"""The agent's threads: ended together, and whoever does not end is named."""

import threading

import pytest

from triporteur_device.crew import Crew, CrewFailed


def wait(event: threading.Event) -> None:
    event.wait()


def test_a_part_that_does_not_end_is_named(caplog: pytest.LogCaptureFixture) -> None:
    release = threading.Event()
    crew = Crew()
    crew.start("sleeper", lambda _: wait(release))
    crew.start("worker", wait)
    assert crew.join(0.05) == ["sleeper"]
    assert "sleeper did not end" in caplog.text
    release.set()
    assert crew.join(60) == []


def test_a_part_that_fails_stops_the_others_and_says_why() -> None:
    def fail(_: threading.Event) -> None:
        raise ValueError("no")

    crew = Crew()
    crew.start("worker", wait)
    crew.start("faulty", fail)
    assert crew.stop.wait(60)
    with pytest.raises(CrewFailed, match="faulty failed") as caught:
        crew.join(60)
    assert isinstance(caught.value.__cause__, ValueError)
