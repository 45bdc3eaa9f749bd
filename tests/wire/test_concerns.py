import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.battery import battery
from triporteur_wire.concerns import Kind, Level, concerns
from triporteur_wire.messages import Delivery, Reading, SourceHealth, Status
from triporteur_wire.quantities import Value

WELL: dict[str, Value] = {
    "soc_pct": 73,
    "pack_voltage_v": 50.1,
    "current_a": 0.0,
    "cells_v": (3.85, 3.86),
    "battery_temps_c": (14.0,),
    "alarms": (),
    "charge_fet": True,
    "discharge_fet": True,
}


def status(**sources: dict[str, Value]) -> Status:
    health = {name: SourceHealth("jbd", 0.1, 1, 0, {}) for name in sources}
    readings = {
        name: {quantity: Reading(value, 0.1) for quantity, value in values.items()}
        for name, values in sources.items()
    }
    delivery = Delivery(True, 0, None, 0, {})
    return Status("ben", "", "1", 1, 0, None, 15, readings, health, delivery)


def found(**sources: dict[str, Value]) -> list[tuple[Kind, Level]]:
    return [(concern.kind, concern.level) for concern in concerns(status(**sources))]


def test_a_battery_that_is_well_concerns_nobody() -> None:
    assert found(bms=WELL, shunt={"soc_pct": 74, "alarms": ()}) == []


@pytest.mark.parametrize(
    ("quantity", "value", "kind", "level"),
    [
        ("alarms", ("short_circuit",), Kind.ALARM, Level.REPAIR),
        ("alarms", ("low_soc",), Kind.ALARM, Level.ATTENTION),
        ("fault", "over_temp_fet", Kind.FAULT, Level.REPAIR),
        ("discharge_fet", False, Kind.CUT, Level.REPAIR),
        ("charge_fet", False, Kind.REFUSES_CHARGE, Level.ATTENTION),
        ("cells_v", (3.85, 3.6), Kind.WEAK_CELL, Level.REPAIR),
        ("cells_v", (3.85, 3.75), Kind.UNEVEN_CELLS, Level.ATTENTION),
        ("battery_temps_c", (-0.1, 5.0), Kind.COLD, Level.ATTENTION),
        ("battery_temps_c", (20.0, 45.1), Kind.HOT, Level.ATTENTION),
        ("soc_pct", 29.9, Kind.LOW_CHARGE, Level.ATTENTION),
    ],
)
def test_each_concern_is_seen_whichever_source_tells_it(
    quantity: str, value: Value, kind: Kind, level: Level
) -> None:
    ill = WELL | {quantity: value}
    assert found(bms=ill) == [(kind, level)]
    assert found(bms=WELL, other=ill) == [(kind, level)]
    assert found(other=ill, bms=WELL) == [(kind, level)]


@pytest.mark.parametrize(
    ("quantity", "limit", "kind"),
    [
        ("cells_gap_pct", 2.0, Kind.CELLS_DISAGREE),
        ("soc_gap_pct", 10.0, Kind.CHARGES_DISAGREE),
        ("energy_gap_pct", 15.0, Kind.ENERGIES_DISAGREE),
    ],
)
def test_devices_that_disagree_beyond_the_limit_are_a_concern(
    quantity: str, limit: float, kind: Kind
) -> None:
    assert found(bms=WELL, checks={quantity: limit}) == []
    assert found(bms=WELL, checks={quantity: limit + 0.1}) == [(kind, Level.ATTENTION)]


def test_less_is_as_much_of_a_disagreement_as_more() -> None:
    (concern,) = concerns(status(bms=WELL, checks={"cells_gap_pct": -7.5}))
    assert (concern.kind, concern.number) == (Kind.CELLS_DISAGREE, -7.5)


def test_a_source_that_gives_nothing_is_a_concern_while_another_speaks() -> None:
    assert found(shunt=WELL, bms={}) == [(Kind.SILENT, Level.ATTENTION)]


def test_a_source_that_repeats_itself_while_current_flows_is_a_concern() -> None:
    said = status(bms=WELL, shunt=WELL)
    health = msgspec.structs.replace(said.sources["bms"], doubts=("stuck", "heard_in_a_dream"))
    doubted = msgspec.structs.replace(said, sources={**said.sources, "bms": health})
    (concern,) = concerns(doubted)
    assert (concern.kind, concern.level, concern.words) == (Kind.STUCK, Level.ATTENTION, ("bms",))
    assert battery(doubted) == battery(said)


def test_a_card_that_refuses_needs_repair() -> None:
    said = status(bms=WELL)
    refused = msgspec.structs.replace(said.delivery, durable=False)
    (concern,) = concerns(msgspec.structs.replace(said, delivery=refused))
    assert (concern.kind, concern.level) == (Kind.STORAGE, Level.REPAIR)


def test_cells_under_load_are_not_judged() -> None:
    assert found(bms=WELL | {"cells_v": (3.85, 3.5), "current_a": -12.0}) == []


def test_a_low_charge_that_charges_needs_nobody() -> None:
    assert found(bms=WELL | {"soc_pct": 12, "current_a": 4.0}) == []


def test_the_lowest_charge_counts_and_is_rounded_down() -> None:
    judged = battery(status(shunt={"soc_pct": 73.0}, bms={"soc_pct": 41.9}))
    assert judged.charge_pct == 41


def test_what_needs_repair_comes_first() -> None:
    levels = [
        c.level for c in concerns(status(a=WELL | {"soc_pct": 4}, b=WELL | {"cells_v": (3.9, 3.6)}))
    ]
    assert levels == [Level.REPAIR, Level.ATTENTION]


@given(
    st.dictionaries(
        st.sampled_from([*WELL, "fault", "max_cell_v", "min_cell_v", "unheard_of"]),
        st.none().map(lambda _: ())
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.lists(st.floats() | st.text(max_size=3), max_size=3).map(tuple),
    )
)
def test_no_value_whatever_breaks_the_judgement(values: dict[str, Value]) -> None:
    concerns(status(bms=values))


def test_a_motor_listed_first_does_not_lend_its_current_to_the_battery() -> None:
    motor: dict[str, Value] = {"input_voltage_v": 52.0, "current_a": -12.0}
    judged = battery(status(motor=motor, bms={"soc_pct": 80, "current_a": 0.1}))
    assert judged.current_a == 0.1
    assert battery(status(motor=motor)).current_a == -12.0


def test_a_solar_charger_listed_first_does_not_lend_its_current_to_the_battery() -> None:
    sun: dict[str, Value] = {"pack_voltage_v": 52.0, "panel_voltage_v": 70.0, "current_a": 3.0}
    judged = battery(status(sun=sun, bms={"soc_pct": 80, "current_a": -1.5}))
    assert judged.current_a == -1.5
