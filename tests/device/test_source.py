"""One line, read through a scripted link and the real decoders, under an injected clock."""

import logging
import threading
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import pytest

from triporteur_device.link import LinkLost, ReadOnlyLink
from triporteur_device.live import Observation
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.source import Source

#: Captured basic information of an 8S pack, charging; public source in tests/frames/SOURCES.md.
STATE = bytes.fromhex("dd03001b0a88033c0e26138800a5298900080000000028480308020bb50bb4faea77")


class Script:
    """A line that gives scripted pieces, one a read that waits, each as long as it may."""

    def __init__(self, steps: list[bytes | LinkLost], end: threading.Event) -> None:
        self._steps = steps
        self._end = end
        self.now_ms = 0
        self.sent: list[bytes] = []
        self.opened = 0

    def open(self, requests: AbstractSet[bytes]) -> ReadOnlyLink:
        self.opened += 1
        return ReadOnlyLink(self, requests)

    def read(self, timeout_s: float) -> bytes:
        if not timeout_s:
            return b""
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
    steps: Sequence[bytes | LinkLost], protocol: str = "jbd", line: type[Script] = Script
) -> tuple[Source, list[Observation], Script, NoPause]:
    stop = NoPause()
    script = line(list(steps), stop)
    seen: list[Observation] = []
    source = Source("battery", PROTOCOLS[protocol], script.open, lambda: script.now_ms, seen.append)
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


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_losing_a_line_is_one_log_line_and_having_it_back_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    listen([LinkLost("unplugged"), LinkLost("unplugged"), STATE, STATE])
    assert messages(caplog) == [
        "source battery: line lost (unplugged); trying again",
        "source battery: back after 0 s",
    ]


def test_a_device_that_falls_asleep_is_one_log_line_and_awake_again_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    source, seen, _, _ = listen([STATE, *[b""] * 600, LinkLost("unplugged"), STATE])
    assert messages(caplog) == [
        "source battery: no answer to 5 questions; asking more rarely",
        "source battery: back after 57 s",
    ]
    assert len(seen) == 2
    assert source.health().doubts == ()


def test_a_device_that_answers_nothing_is_offline_and_asked_ever_more_rarely() -> None:
    source, _, script, _ = listen([b""] * 1200)
    health = source.health()
    assert health.doubts == ("offline",)
    # One every half second; five are missed; then after 1, 2, 4, 8, 16, 30, 30 … seconds.
    assert len(script.sent) == 5 + 8
    assert health.missed_polls == len(script.sent) - 1


def test_a_board_that_has_no_name_to_tell_is_not_offline() -> None:
    source, _, _, _ = listen([b""] + [STATE, *[b""] * 10] * 10)
    health = source.health()
    assert health.doubts == ()
    assert health.missed_polls > 5


def test_a_line_that_is_lost_is_offline_until_it_speaks_again() -> None:
    assert listen([LinkLost("unplugged")], "vedirect")[0].health().doubts == ("offline",)
    assert listen([LinkLost("unplugged"), STATE])[0].health().doubts == ()


class Mirror(Script):
    """A line that gives back what was asked, and then what is scripted."""

    def __init__(self, steps: list[bytes | LinkLost], end: threading.Event) -> None:
        super().__init__(steps, end)
        self._back = b""

    def read(self, timeout_s: float) -> bytes:
        back, self._back = self._back, b""
        return back + super().read(timeout_s)

    def write(self, data: bytes) -> None:
        super().write(data)
        self._back = data


def test_an_adapter_that_hears_itself_costs_no_frame_and_is_counted() -> None:
    source, seen, script, _ = listen([STATE] * 10, line=Mirror)
    health = source.health()
    assert health.discarded == {"echo": sum(map(len, script.sent))}
    assert (len(seen), health.refused, health.doubts) == (10, 0, ())


def test_a_board_that_sleeps_and_echoes_answers_nothing() -> None:
    source, seen, _, _ = listen([b""] * 100, line=Mirror)
    assert seen == []
    assert source.health().doubts == ("offline", "echo")
    assert source.health().heard_age_s is None
