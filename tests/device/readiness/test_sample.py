"""What is picked out of the live values of every source."""

from triporteur_device.readiness import sampled
from triporteur_wire.messages import Reading
from triporteur_wire.quantities import Value


def told(age_s: float = 0.5, **values: Value) -> dict[str, Reading]:
    return {name: Reading(value, age_s) for name, value in values.items()}


BMS = told(
    pack_voltage_v=52.0,
    current_a=-1.0,
    soc_pct=80.0,
    cells_v=(3.99, 4.01),
    battery_temps_c=(12.0, 14.0),
    alarms=("low_soc", "short_circuit"),
    discharge_fet=True,
)
SHUNT = told(pack_voltage_v=52.1, current_a=-1.3, soc_pct=84.0, consumed_ah=-5.0)
MOTOR = told(input_voltage_v=51.9, current_a=-0.9, soc_pct=60.0, fault="none", speed_kmh=12.0)


def test_a_board_alone_is_heard_whole() -> None:
    seen = sampled({"bms": BMS}, 5_000, 3, None)
    assert (seen.voltage_v, seen.current_a, seen.soc_pct, seen.soc_gap) == (52.0, -1.0, 80.0, None)
    assert seen.has_dead_band
    assert (seen.alarms, seen.warnings) == (("short_circuit",), ("low_soc",))
    assert (seen.discharge_on, seen.charger_plugged) == (True, None)
    assert (seen.mono_ms, seen.boot_no, seen.utc_ms) == (5_000, 3, None)


def test_a_shunt_counts_before_a_board_and_a_motor_never() -> None:
    seen = sampled({"moteur": MOTOR, "bms": BMS, "shunt": SHUNT}, 0, 0, 0)
    assert (seen.current_a, seen.has_dead_band) == (-1.3, False)
    assert seen.soc_gap == 4.0
    assert (seen.faults, seen.speed_kmh) == ((), 12.0)


def test_what_a_solar_charger_gives_is_not_all_that_flows() -> None:
    solar = told(pack_voltage_v=52.1, current_a=3.0, panel_voltage_v=61.0)
    seen = sampled({"solaire": solar, "bms": BMS}, 0, 0, None)
    assert (seen.current_a, seen.voltage_v) == (-1.0, 52.0)
    assert sampled({"solaire": solar}, 0, 0, None).current_a is None


def test_a_value_older_than_ten_seconds_is_none() -> None:
    seen = sampled({"bms": {**BMS, **told(12.0, current_a=-1.0)}}, 0, 0, None)
    assert seen.current_a is None
    assert "current_a" not in seen.given


def test_a_battery_is_as_old_as_the_older_of_what_it_is_counted_by() -> None:
    older = {**BMS, **told(7.0, pack_voltage_v=52.0), **told(9.0, soc_pct=80.0)}
    assert sampled({"bms": older}, 0, 0, None).battery_age_s == 7.0


def test_nothing_is_made_of_nothing() -> None:
    seen = sampled({"bms": {}, "checks": {}}, 0, 0, None, silent=["bms"])
    assert (seen.voltage_v, seen.soc_pct, seen.alarms, seen.faults) == (None, None, None, None)
    assert (seen.cells_v, seen.temps_c, seen.silent) == ((), (), ("bms",))


def test_highest_and_lowest_cell_do_for_cells() -> None:
    seen = sampled({"bms": told(pack_voltage_v=52.0, min_cell_v=3.9, max_cell_v=4.0)}, 0, 0, None)
    assert seen.cells_v == (3.9, 4.0)


def test_of_two_boards_the_cells_that_part_most_are_seen() -> None:
    uneven = {**BMS, **told(cells_v=(3.6, 4.01))}
    for sources in ({"one": BMS, "other": uneven}, {"other": uneven, "one": BMS}):
        assert sampled(sources, 0, 0, None).cells_v == (3.6, 4.01)


def test_a_distance_is_told_with_whose_it_is() -> None:
    motor, wheel = {**MOTOR, **told(distance_m=1400.0)}, told(distance_m=0.0)
    seen = sampled({"moteur": motor, "gpio": wheel}, 0, 0, None)
    assert (seen.distance_m, seen.distance_by) == (1400.0, "moteur")
    seen = sampled({"moteur": MOTOR, "gpio": wheel}, 0, 0, None)
    assert (seen.distance_m, seen.distance_by) == (0.0, "gpio")
    assert sampled({"bms": BMS}, 0, 0, None).distance_by is None
