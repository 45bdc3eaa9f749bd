from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.quantities import QUANTITIES, Shape, moved, plausible, rounded

numbers = sorted(name for name, q in QUANTITIES.items() if q.shape is Shape.NUMBER)


def test_every_name_ends_in_its_unit_or_has_none() -> None:
    suffixes = {
        "V": "_v",
        "A": "_a",
        "W": "_w",
        "Wh": "_wh",
        "Ah": "_ah",
        "%": "_pct",
        "°C": "_c",
        "min": "_min",
        "km/h": "_kmh",
    }
    for name, quantity in QUANTITIES.items():
        if quantity.unit in suffixes:
            assert name.endswith(suffixes[quantity.unit]), name


def test_current_and_power_say_which_way_is_positive() -> None:
    assert QUANTITIES["current_a"].sign == QUANTITIES["power_w"].sign == "positive into the battery"


def test_a_value_outside_its_range_or_of_another_shape_is_not_plausible() -> None:
    assert plausible("soc_pct", 100)
    assert not plausible("soc_pct", 101)
    assert not plausible("soc_pct", float("nan"))
    assert not plausible("soc_pct", float("inf"))
    assert not plausible("soc_pct", 10**400)
    assert not plausible("soc_pct", True)
    assert not plausible("soc_pct", (50,))
    assert plausible("cells_v", (3.6, 0.0))
    assert not plausible("cells_v", (3.6, 5.1))
    assert not plausible("charge_fet", 1)
    assert plausible("alarms", ())
    assert not plausible("alarms", "short_circuit")


def test_a_name_that_is_not_in_the_table_is_never_plausible() -> None:
    assert not plausible("volts", 12)


@given(st.sampled_from(numbers), st.floats(0, 1))
def test_rounding_never_leaves_the_dead_band(name: str, share: float) -> None:
    quantity = QUANTITIES[name]
    value = quantity.low + share * (quantity.high - quantity.low)
    if quantity.dead_band:
        assert not moved(name, rounded(name, value), value)


def test_a_list_has_moved_when_one_of_its_numbers_did_or_its_length_changed() -> None:
    assert not moved("cells_v", (3.600, 3.600), (3.605, 3.595))
    assert moved("cells_v", (3.600, 3.600), (3.600, 3.620))
    assert moved("cells_v", (3.600, 3.600), (3.600,))


def test_flags_and_words_move_on_any_change() -> None:
    assert moved("charge_fet", True, False)
    assert not moved("charge_fet", True, True)
    assert moved("alarms", (), ("short_circuit",))
