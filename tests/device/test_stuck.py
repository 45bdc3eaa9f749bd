"""A source that repeats itself while another says that current flows."""

from dataclasses import dataclass

import pytest

from triporteur_device.stuck import STUCK_AFTER_MS, StuckWatch
from triporteur_wire.messages import Reading, SourceHealth

MINUTE_MS = 60_000


@dataclass
class Line:
    name: str
    moved_ms: int | None = 0
    doubts: tuple[str, ...] = ()

    def health(self) -> SourceHealth:
        return SourceHealth("jbd", 0.1, 1, 0, {}, doubts=self.doubts)


def readings(board_a: float | None = 0.0, shunt_a: float = -4.0) -> dict[str, dict[str, Reading]]:
    volts = {"pack_voltage_v": Reading(48.0, 0.5)}
    board = {} if board_a is None else volts | {"current_a": Reading(board_a, 0.5)}
    shunt = volts | {"current_a": Reading(shunt_a, 0.5)}
    return {"board": board, "shunt": shunt, "checks": {}, "gpio": {}}


class Watched:
    """A board whose bytes stay the same, and a shunt whose bytes move."""

    def __init__(self) -> None:
        self.board, self.shunt = Line("board"), Line("shunt")
        self.watch = StuckWatch([self.board, self.shunt], 0)
        self.now_ms = 0

    def live(self, minutes: float, said: dict[str, dict[str, Reading]]) -> tuple[str, ...]:
        """What is doubtful about the board after so many minutes."""
        for _ in range(round(minutes)):
            self.now_ms += MINUTE_MS
            self.shunt.moved_ms = self.now_ms
            self.watch.look(said, self.now_ms)
            assert self.watch.judged(self.shunt).doubts == ()
        return self.watch.judged(self.board).doubts


def test_an_hour_of_current_without_a_change_is_stuck() -> None:
    watched = Watched()
    assert watched.live(60, readings()) == ()  # the first look only begins to count
    assert watched.live(1, readings()) == ("stuck",)


def test_the_doubt_ends_with_the_first_change() -> None:
    watched = Watched()
    watched.live(100, readings())
    watched.board.moved_ms = watched.now_ms
    assert watched.live(1, readings()) == ()


def test_a_battery_at_rest_may_say_the_same_for_days_and_then_is_given_an_hour() -> None:
    watched = Watched()
    assert watched.live(3000, readings(shunt_a=-0.2)) == ()
    assert watched.live(59, readings()) == ()
    assert watched.live(1, readings()) == ("stuck",)


def test_a_lone_source_that_says_current_flows_and_nothing_moves_is_stuck_in_ten_minutes() -> None:
    watched = Watched()
    alone = {"board": readings(board_a=-0.6)["board"]}
    assert watched.live(10, alone) == ()
    assert watched.live(1, alone) == ("stuck",)


def test_a_lone_source_at_rest_is_left_alone_for_days() -> None:
    assert Watched().live(5000, {"board": readings()["board"]}) == ()


@pytest.mark.parametrize(
    "sign",
    [{"speed_kmh": 8.0}, {"motor_current_a": 12.0}, {"current_a": -9.0}],
    ids=["a wheel", "a motor", "what a motor draws"],
)
def test_two_minutes_of_riding_without_a_change_is_stuck(sign: dict[str, float]) -> None:
    watched = Watched()
    said = readings(shunt_a=0.0)
    said["gpio"] = {name: Reading(value, 0.5) for name, value in sign.items()}
    assert watched.live(2, said) == ()
    assert watched.live(1, said) == ("stuck",)


def test_a_trike_that_is_pushed_proves_nothing() -> None:
    said = readings(shunt_a=0.0) | {"gpio": {"speed_kmh": Reading(4.0, 0.5)}}
    assert Watched().live(600, said) == ()


def test_a_witness_that_repeats_itself_is_none() -> None:
    watched = Watched()
    said = readings(shunt_a=-9.0)
    watched.live(1, said)
    moved_ms = watched.shunt.moved_ms
    for _ in range(240):
        watched.now_ms += 1_000
        watched.shunt.moved_ms = moved_ms
        watched.watch.look(said, watched.now_ms)
    assert watched.watch.judged(watched.board).doubts == ()


def test_a_motor_that_draws_nothing_while_somebody_pedals_is_not_stuck() -> None:
    watched = Watched()
    said = readings(shunt_a=0.0) | {"gpio": {"speed_kmh": Reading(12.0, 0.5)}}
    said["board"] = {"current_a": Reading(0.0, 0.5)}
    assert watched.live(60, said) == ()


def test_a_source_that_fell_silent_is_not_stuck() -> None:
    watched = Watched()
    watched.live(100, readings())
    assert watched.live(1, readings(board_a=None)) == ()


def test_a_source_that_says_nothing_of_the_battery_is_not_stuck() -> None:
    watched = Watched()
    watched.board.moved_ms = None
    assert watched.live(200, readings()) == ()


def test_the_doubts_of_its_line_are_kept() -> None:
    watched = Watched()
    watched.board.doubts = ("offline",)
    assert watched.live(100, readings()) == ("offline", "stuck")


@pytest.mark.parametrize("value", ["many", (1.0, 2.0)])
def test_a_current_that_is_no_number_does_not_flow(value: object) -> None:
    watched = Watched()
    said = readings()
    said["shunt"] = {"current_a": Reading(value, 0.5)}  # type: ignore[arg-type]
    assert watched.live(STUCK_AFTER_MS / MINUTE_MS + 1, said) == ()
