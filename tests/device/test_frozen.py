"""A simulated device that freezes with good frames, read by the real decoders."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.lived import living
from triporteur_device.hearing import Hearing
from triporteur_device.live import LiveValues, Observation
from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_device.simulators.devices import DEVICES
from triporteur_device.simulators.faults import Faulty, LineFault
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters
from triporteur_device.stuck import StuckWatch
from triporteur_wire.messages import Doubt, SourceHealth
from triporteur_wire.origins import GPIO
from triporteur_wire.readiness import Verdict, Why

pytestmark = pytest.mark.slow

BOARDS = ("jbd", "daly_a5", "jk", "vedirect")
_STEP_S = 2


class Board:
    """A device that can be frozen, its line, and what the unit knows of it."""

    def __init__(self, protocol: str, name: str = "battery") -> None:
        self.name = name
        self.faults: set[LineFault] = set()
        self._spec = PROTOCOLS[protocol]
        self._device = Faulty(DEVICES[protocol](1), 1, self.faults)
        self._decoder = self._spec.decoder()
        self._hearing = Hearing(self._spec)
        self._now_ms = 0

    @property
    def moved_ms(self) -> int | None:
        return self._hearing.moved_ms

    def health(self) -> SourceHealth:
        return self._hearing.health(self._now_ms, 0, ())

    def speak(self, model: TrikeModel, now_ms: int) -> Iterator[Observation]:
        """All that it has to say at one moment."""
        self._now_ms = now_ms
        asked = [self._device.receive(one, model.state) for one in sorted(self._spec.requests)]
        for bursts in [*asked, self._device.push(model.state)]:
            for event in self._decoder.receive(b"".join(burst.data for burst in bursts)):
                values = self._hearing.take(event, now_ms) if isinstance(event, Frame) else None
                if values:
                    yield Observation(self.name, now_ms, values)


class Trike:
    """A board aboard, looked at again and again; a wheel at the pins where there is one."""

    def __init__(self, protocol: str, *, wheel: bool) -> None:
        self.board = Board(protocol)
        self.model = TrikeModel(TrikeParameters(), 3, MONDAY_S + 9.5 * 3600)
        self.now_ms = 0
        self._wheel = wheel
        self._live = LiveValues({"battery": 10_000, GPIO: 10_000})
        self._watch = StuckWatch([self.board], 0)

    def live(self, phase: Phase, seconds: int) -> "Trike":
        self.model.set_phase(phase)
        for _ in range(seconds // _STEP_S):
            self.now_ms += _STEP_S * 1_000
            self.model.advance(_STEP_S)
            for seen in self.board.speak(self.model, self.now_ms):
                self._live.observe(seen)
            if self._wheel:
                turns = {"speed_kmh": self.model.state.speed_kmh}
                self._live.observe(Observation(GPIO, self.now_ms, turns))
            self._live.expire(self.now_ms)
            self._watch.look(self._live.readings(self.now_ms), self.now_ms)
        return self

    @property
    def is_stuck(self) -> bool:
        return Doubt.STUCK in self._watch.judged(self.board).doubts


@pytest.mark.parametrize("protocol", BOARDS)
def test_a_wheel_that_turns_convicts_a_board_that_froze_at_rest(protocol: str) -> None:
    trike = Trike(protocol, wheel=True).live(Phase.PARKED, 30)
    trike.board.faults.add(LineFault.FROZEN)
    assert not trike.live(Phase.PARKED, 60).is_stuck
    assert trike.live(Phase.RIDING, 180).is_stuck
    trike.board.faults.clear()
    assert not trike.live(Phase.RIDING, 5).is_stuck


@pytest.mark.parametrize("protocol", BOARDS)
def test_a_lone_board_that_froze_on_the_road_convicts_itself(protocol: str) -> None:
    trike = Trike(protocol, wheel=False)
    trike.model.set_load_w(300.0)
    trike.live(Phase.RIDING, 30)
    trike.board.faults.add(LineFault.FROZEN)
    assert trike.live(Phase.PARKED, 630).is_stuck


@pytest.mark.parametrize("protocol", BOARDS)
def test_a_sound_board_is_never_stuck(protocol: str) -> None:
    trike = Trike(protocol, wheel=True)
    for phase in (Phase.RIDING, Phase.ON_SITE, Phase.RIDING, Phase.PARKED, Phase.CHARGING):
        assert not trike.live(phase, 240).is_stuck, phase


def test_a_frozen_board_gives_no_leave_to_go(tmp_path: Path) -> None:
    board, model = Board("jbd"), TrikeModel(TrikeParameters(), 3, MONDAY_S + 9.5 * 3600)
    model.set_phase(Phase.RIDING)
    with living(tmp_path) as unit:
        unit.sources = [board]

        def second() -> None:
            model.advance(1.5)
            for seen in board.speak(model, unit.now_ms):
                unit.inbox.put(seen)
            unit.inbox.put(Observation("shunt", unit.now_ms, {"motor_current_a": 20.0}))
            if unit.now_ms > 20_000:
                board.faults.add(LineFault.FROZEN)

        depot = unit.live(120, dict.fromkeys(range(120), second))
    early, late = depot.statuses[12].readiness, depot.statuses[-1].readiness
    assert early
    assert early.reasons[0].why is not Why.NO_DATA
    assert late
    assert (late.verdict, late.reasons[0].why) == (Verdict.NO_GO, Why.NO_DATA)
