"""A running `simulate`, the words typed to it, and the real sources at its device files."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.simulators.truth import falsehoods
from tests.rig import wait_for
from triporteur_device.link import open_link
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Source
from triporteur_wire.messages import SourceHealth

pytestmark = pytest.mark.slow

SIMULATE = (sys.executable, "-m", "triporteur_device", "simulate", "--trike", "forgotten")
DEVICES = ("jbd", "vedirect", "kt", "bafang")


class Ear:
    """A source in its thread, at one device file."""

    def __init__(self, protocol: str, path: Path) -> None:
        self.seen: list[Observation] = []
        spec = PROTOCOLS[protocol]
        self._stop = threading.Event()
        self._source = Source(
            protocol,
            spec,
            lambda requests: open_link(str(path), spec.baud, requests),
            lambda: round(time.monotonic() * 1000),
            self.seen.append,
        )
        self._thread = threading.Thread(target=self._source.run, args=(self._stop,))
        self._thread.start()

    @property
    def health(self) -> SourceHealth:
        return self._source.health()

    def hears(self, more: int) -> list[Observation]:
        """The next observations."""
        start = len(self.seen)
        wait_for(lambda: len(self.seen) >= start + more, "nothing more is heard")
        return self.seen[start:]

    def has_heard(self, count: int) -> list[Observation]:
        """All it heard, at least so many observations."""
        wait_for(lambda: len(self.seen) >= count, "not as much is heard")
        return list(self.seen)

    def discarded(self) -> int:
        return sum(self.health.discarded.values())

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


class Bench:
    """The simulator's process, and an ear for each of its devices."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [*SIMULATE, *(f"{name}={folder / name}" for name in DEVICES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in DEVICES:
            self._line()
        self.ears = {name: Ear(name, folder / name) for name in DEVICES}

    def say(self, *lines: str) -> None:
        assert self._process.stdin is not None
        for line in lines:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
            assert "not understood" not in self._line()

    def close(self) -> None:
        for ear in self.ears.values():
            ear.stop()
        self._process.kill()
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize("fault", ["noise", "dropout"])
def test_a_spoilt_line_is_counted_and_gives_no_false_value(bench: Bench, fault: str) -> None:
    clean = {name: ear.has_heard(4) for name, ear in bench.ears.items()}
    bench.say(*(f"fault {name} {fault} on" for name in DEVICES))
    for name, ear in bench.ears.items():
        wait_for(ear.discarded, "nothing is discarded")
        assert falsehoods(ear.has_heard(len(clean[name]) + 3), clean[name]) == []


def test_sleep_is_heard_as_silence_and_ends(bench: Bench) -> None:
    for ear in bench.ears.values():
        ear.hears(1)
    bench.say(*(f"fault {name} sleep on" for name in DEVICES))
    missed = bench.ears["jbd"].health.missed_polls
    wait_for(lambda: bench.ears["jbd"].health.missed_polls > missed + 1, "it still answers")
    wait_for(lambda: (bench.ears["vedirect"].health.heard_age_s or 0) > 2.0, "it still speaks")
    bench.say(*(f"fault {name} sleep off" for name in DEVICES))
    for ear in bench.ears.values():
        assert ear.hears(2)


def test_an_echo_is_counted_and_the_answer_read(bench: Bench) -> None:
    ear = bench.ears["jbd"]
    clean = ear.hears(4)
    bench.say("fault jbd echo on")
    wait_for(lambda: ear.health.discarded.get("echo"), "no echo is set aside")

    def read_whole() -> bool:
        """But where the line stands still in an answer, on a machine that has no time for it."""
        refused = ear.health.refused
        assert falsehoods(ear.hears(4), clean) == []
        return ear.health.refused == refused

    wait_for(read_whole, "answers are read whole")
    assert ear.health.discarded["echo"] % 7 == 0


def test_a_frozen_shunt_misses_the_load_until_it_thaws(bench: Bench) -> None:
    ear = bench.ears["vedirect"]
    ear.hears(2)
    bench.say("fault vedirect frozen on")
    ear.hears(2)
    bench.say("load 400")
    frozen = [one.values["current_a"] for one in ear.hears(4) if "current_a" in one.values]
    assert frozen
    assert all(isinstance(a, float) and a > -1.0 for a in frozen)
    bench.say("fault vedirect frozen off")
    wait_for(lambda: any(_current(one) < -7.0 for one in ear.seen), "it never thaws")


def _current(seen: Observation) -> float:
    value = seen.values.get("current_a", 0.0)
    return value if isinstance(value, float) else 0.0
