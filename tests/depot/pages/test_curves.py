from hypothesis import given
from hypothesis import strategies as st

from triporteur_depot.pages.chart import PERCENT, Scale, band_path, fitted, line_path
from triporteur_depot.pages.curves import HOLD_MS, Column, Trace, columns, merged
from triporteur_depot.pages.days import Window

MINUTE_MS = 60_000
WINDOW = Window(0, 120 * MINUTE_MS)

points = st.lists(
    st.tuples(
        st.integers(-30, 150).map(lambda minute: minute * MINUTE_MS),
        st.none() | st.floats(-500, 500),
    ),
    max_size=30,
    unique_by=lambda point: point[0],
).map(sorted)


def held(recorded: list[tuple[int, float | None]], at_ms: int) -> float | None:
    """The rule, said as plainly as possible."""
    before = [(then, value) for then, value in recorded if then <= at_ms]
    if not before:
        return None
    then, value = before[-1]
    return value if at_ms - then < HOLD_MS else None


def trace(recorded: list[tuple[int, float | None]]) -> Trace:
    return Trace([at for at, _ in recorded], [value for _, value in recorded])


@given(points, st.integers(0, 120))
def test_every_column_is_what_the_held_values_make_it(
    recorded: list[tuple[int, float | None]], now_min: int
) -> None:
    width_min = 5
    cut = columns(trace(recorded), WINDOW, width_min * MINUTE_MS, now_min * MINUTE_MS)
    assert len(cut) == 120 // width_min
    for index, column in enumerate(cut):
        minutes = range(index * width_min, min((index + 1) * width_min, now_min))
        values = [held(recorded, minute * MINUTE_MS) for minute in minutes]
        known = [value for value in values if value is not None]
        if not known:
            assert column is None
            continue
        assert column is not None
        assert (column.low, column.high) == (min(known), max(known))
        assert abs(column.line - sum(known) / len(known)) < 1e-6


@given(points, st.integers(-10, 130))
def test_the_value_at_an_instant_is_the_held_one(
    recorded: list[tuple[int, float | None]], minute: int
) -> None:
    assert trace(recorded).at(minute * MINUTE_MS) == held(recorded, minute * MINUTE_MS)


def test_a_quantity_not_heard_of_for_longer_than_the_hold_leaves_a_hole() -> None:
    cut = columns(trace([(0, 50.0), (60 * MINUTE_MS, 40.0)]), WINDOW, 15 * MINUTE_MS, 10**12)
    assert [column is not None for column in cut] == [True, False, False, False, True] + [False] * 3


def test_an_ended_quantity_is_absent_at_once() -> None:
    cut = columns(trace([(0, 50.0), (5 * MINUTE_MS, None)]), WINDOW, 5 * MINUTE_MS, 10**12)
    assert cut[0] == Column(50.0, 50.0, 50.0)
    assert not any(cut[1:])


def test_the_pen_is_lifted_over_a_hole() -> None:
    known, hole = Column(40.0, 60.0, 50.0), None
    path = line_path([known, known, hole, known, hole, known], PERCENT)
    assert path == "M0.5 200L1.5 200M3 200h1M5 200h1"
    assert band_path([known, hole], PERCENT) == "M0.5 160L0.5 240Z"


def test_level_stretches_cost_two_points() -> None:
    flat = [Column(50.0, 50.0, 50.0)] * 500
    assert line_path(flat, PERCENT) == "M0.5 200L499.5 200"


def test_wider_columns_keep_the_extremes_and_end_where_the_last_did() -> None:
    parts = [Column(1.0, 2.0, 1.5), None, Column(0.0, 9.0, 3.0)]
    assert merged(parts, 2) == [Column(1.0, 2.0, 1.5), Column(0.0, 9.0, 3.0)]
    assert merged(parts, 3) == [Column(0.0, 9.0, 3.0)]
    assert merged([None, None], 2) == [None]


@given(st.floats(-500, 500), st.floats(0, 1000), st.floats(0.5, 100))
def test_a_fitted_scale_holds_everything_on_round_ends(
    low: float, span: float, least: float
) -> None:
    scale = fitted([Column(low, low + span, low)], least)
    assert scale.low <= low + 1e-9
    assert low + span <= scale.high + 1e-9
    assert 2 <= len(scale.ticks()) <= 8
    assert scale.height(scale.high) == 0


def test_ticks_are_written_in_french() -> None:
    assert [tick.label for tick in Scale(-1, 1, 0.5).ticks()] == [
        "−1,0",
        "−0,5",
        "0,0",
        "0,5",
        "1,0",
    ]
