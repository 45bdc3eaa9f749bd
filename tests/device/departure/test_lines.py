"""The share of refused frames, of late, on the worst line."""

from triporteur_device.departure.lines import Lines
from triporteur_wire.messages import SourceHealth


def line(frames: int, refused: int) -> SourceHealth:
    return SourceHealth("jbd", 0.1, frames, refused, {})


def test_few_frames_say_nothing() -> None:
    assert Lines().refused_ratio({"bms": line(0, 0)}, 0) is None


def test_the_worst_line_counts() -> None:
    lines = Lines()
    lines.refused_ratio({"bms": line(0, 0), "shunt": line(0, 0)}, 0)
    ratio = lines.refused_ratio({"bms": line(190, 10), "shunt": line(200, 0)}, 30_000)
    assert ratio == 0.05


def test_a_burst_is_forgotten_after_ten_minutes() -> None:
    lines = Lines()
    lines.refused_ratio({"bms": line(0, 0)}, 0)
    assert lines.refused_ratio({"bms": line(100, 100)}, 1_000) == 0.5
    for minute in range(1, 12):
        ratio = lines.refused_ratio({"bms": line(100 + 100 * minute, 100)}, minute * 60_000)
    assert ratio == 0
