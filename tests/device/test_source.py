"""One line, read through a scripted link and the real decoders, under an injected clock."""

import logging
import threading
from collections.abc import Callable, Sequence

import pytest

from triporteur_device.link import LinkLost
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Source

#: Captured basic information of an 8S pack, charging; public source in tests/frames/SOURCES.md.
STATE = bytes.fromhex("dd03001b0a88033c0e26138800a5298900080000000028480308020bb50bb4faea77")


class Script:
    """A line that gives scripted pieces, one a read; each read takes `step_ms` of the clock."""

    def __init__(self, steps: list[bytes | LinkLost], end: threading.Event) -> None:
        self._steps = steps
        self._end = end
        self.now_ms = 0
        self.sent: list[bytes] = []
        self.opened = 0

    def open(self) -> "Script":
        self.opened += 1
        return self

    def read(self, timeout_s: float) -> bytes:
        self.now_ms += round(timeout_s * 1000)
        if not self._steps:
            self._end.set()
            return b""
        step = self._steps.pop(0)
        if isinstance(step, LinkLost):
            raise step
        return step

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        pass


class NoPause(threading.Event):
    """A stop that does not wait between two attempts, and remembers how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is not None:
            self.pauses.append(timeout)
        return self.is_set()


def listen(
    steps: Sequence[bytes | LinkLost], protocol: str = "jbd"
) -> tuple[Source, list[Observation], Script, NoPause]:
    stop = NoPause()
    script = Script(list(steps), stop)
    seen: list[Observation] = []
    open_line: Callable[[], Script] = script.open
    source = Source("battery", PROTOCOLS[protocol], open_line, lambda: script.now_ms, seen.append)
    source.run(stop)
    return source, seen, script, stop


def test_a_frame_in_pieces_is_one_observation_stamped_at_its_last_byte() -> None:
    _, seen, _, _ = listen([STATE[:7], b"", STATE[7:]])
    (observation,) = seen
    assert observation.mono_ms == 300
    assert observation.values["current_a"] == pytest.approx(8.28)
    assert observation.values["soc_pct"] == 72


def test_garbage_yields_nothing_and_every_byte_is_counted() -> None:
    source, seen, _, _ = listen([b"\xdd\xdd" + bytes(100)] + [b""] * 20)
    health = source.health()
    assert seen == []
    assert sum(health.discarded.values()) == 102
    assert (health.frames, health.heard_age_s) == (0, None)


def test_a_half_frame_is_given_up_when_the_line_goes_quiet() -> None:
    source, seen, _, _ = listen([STATE[:20], *[b""] * 10, STATE])
    assert len(seen) == 1
    assert sum(source.health().discarded.values()) == 20


def test_a_value_out_of_range_is_no_value() -> None:
    hot = bytearray(STATE)
    hot[27:29] = (5000).to_bytes(2, "big")  # first sensor: 226.9 °C
    hot[-3:-1] = ((0x10000 - sum(hot[2:-3])) & 0xFFFF).to_bytes(2, "big")
    _, seen, _, _ = listen([bytes(hot)])
    assert "battery_temps_c" not in seen[0].values
    assert seen[0].values["soc_pct"] == 72


def test_only_the_listed_requests_are_ever_sent() -> None:
    _, _, script, _ = listen([b""] * 100)
    assert script.sent
    assert set(script.sent) <= PROTOCOLS["jbd"].requests


def test_a_listener_sends_nothing() -> None:
    _, _, script, _ = listen([b""] * 100, "vedirect")
    assert script.sent == []


def test_an_unplugged_line_is_opened_again_with_longer_and_longer_pauses() -> None:
    lost = [LinkLost("unplugged") for _ in range(7)]
    source, seen, script, stop = listen([*lost, STATE, LinkLost("again")])
    assert stop.pauses == [1, 2, 4, 8, 16, 30, 30, 1]
    assert script.opened == 9
    assert len(seen) == 1
    assert source.health().frames == 1


def test_losing_a_line_is_one_log_line_and_having_it_back_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    listen([LinkLost("unplugged"), LinkLost("unplugged"), STATE, STATE])
    assert [record.getMessage() for record in caplog.records] == [
        "source battery: line lost (unplugged); trying again",
        "source battery: back after 0 s",
    ]
