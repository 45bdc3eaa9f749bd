import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.checks.rig import told
from triporteur_wire.quantities import Value


def gap(*sources: dict[str, Value]) -> Value | None:
    (said,) = told([{f"source{number}": values for number, values in enumerate(sources)}])
    return said.get("soc_gap_pct")


def counts(charge_pct: float) -> dict[str, Value]:
    return {"soc_pct": charge_pct, "pack_voltage_v": 50.0}


def test_two_charges_are_told_apart_whichever_is_higher() -> None:
    assert gap(counts(79), counts(51.5)) == gap(counts(51.5), counts(79)) == 27.5


def test_one_charge_alone_is_not_compared() -> None:
    assert gap(counts(79)) is None
    assert gap(counts(79), {"pack_voltage_v": 50.0}) is None


@pytest.mark.parametrize(
    "guess", [{"soc_pct": 20}, counts(20) | {"input_voltage_v": 48.0}], ids=["display", "motor"]
)
def test_a_charge_guessed_from_a_sagging_voltage_is_not_asked(guess: dict[str, Value]) -> None:
    assert gap(counts(79), guess) is None


@given(st.lists(st.floats(0, 100), min_size=2, max_size=5))
def test_the_gap_is_the_widest_of_any_two(charges: list[float]) -> None:
    assert gap(*map(counts, charges)) == round(max(charges) - min(charges), 2)
