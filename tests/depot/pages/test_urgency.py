from dataclasses import replace

import msgspec
import pytest

from tests.depot.pages.builder import status
from triporteur_depot.pages.queries import Storage, Unit
from triporteur_depot.pages.urgency import Severity, order, situation
from triporteur_wire.messages import Status
from triporteur_wire.quantities import Value

NOW_MS = 1_795_345_200_000
FINE: dict[str, Value] = {"soc_pct": 80.0, "pack_voltage_v": 50.0, "current_a": 0.0}


def unit(said: Status | None, age_s: float = 5.0, offline: str | None = None) -> Unit:
    heard_ms = NOW_MS - round(age_s * 1000)
    return Unit(1, "ben", said, heard_ms, offline, Storage(0, (), 0, 0))


def battery(**values: Value) -> Status:
    return status({"battery": FINE | values})


def cells(spread_mv: float) -> tuple[float, ...]:
    return (3.3, 3.3 + spread_mv / 1000)


@pytest.mark.parametrize(
    ("said", "severity", "words"),
    [
        (battery(alarms=("cell_undervoltage",)), Severity.REPAIR, "cellule trop vide"),
        (
            battery(alarms=("never_heard_of",)),
            Severity.REPAIR,
            "alarme «\u00a0never_heard_of\u00a0»",
        ),
        (battery(alarms=("low_soc",)), Severity.ATTENTION, "charge basse signalée"),
        (battery(discharge_fet=False), Severity.REPAIR, "La batterie a coupé sa sortie"),
        (battery(charge_fet=False), Severity.ATTENTION, "n’accepte pas de charge"),
        (battery(fault="over_temp_fet"), Severity.REPAIR, "défaut «\u00a0over_temp_fet\u00a0»"),
        (
            battery(cells_v=cells(240)),
            Severity.REPAIR,
            "Cellule faible\u202f: écart de 240\u00a0mV",
        ),
        (battery(cells_v=cells(120)), Severity.ATTENTION, "inégales\u202f: écart de 120\u00a0mV"),
        (battery(soc_pct=24.0), Severity.ATTENTION, "Charge basse, ne se charge pas"),
        (battery(soc_pct=29.7), Severity.ATTENTION, "Charge basse, ne se charge pas"),
        (battery(battery_temps_c=(12.0, -0.4)), Severity.ATTENTION, "−0,4\u00a0°C"),
        (battery(battery_temps_c=(12.0, -3.0)), Severity.ATTENTION, "Batterie froide"),
        (battery(battery_temps_c=(46.0, 20.0)), Severity.ATTENTION, "Batterie chaude"),
        (battery(cells_gap_pct=-3.0), Severity.ATTENTION, "batterie\u202f: 3\u00a0% d’écart"),
        (battery(soc_gap_pct=14), Severity.ATTENTION, "différentes\u202f: 14\u00a0points d’écart"),
        (battery(energy_gap_pct=18), Severity.ATTENTION, "moteur\u202f: 18\u00a0% d’écart"),
        (battery(), Severity.READY, "Au repos"),
        (battery(current_a=4.2), Severity.READY, "En charge"),
        (battery(current_a=-1.0), Severity.READY, "Sur place"),
        (battery(current_a=-6.0), Severity.READY, "Roule"),
        (battery(speed_kmh=14.0), Severity.READY, "Roule"),
        (battery(alarms=(), fault="none", discharge_fet=True), Severity.READY, "Au repos"),
    ],
)
def test_what_happens_is_told_in_words(said: Status, severity: Severity, words: str) -> None:
    found = situation(unit(said), NOW_MS)
    assert found.severity is severity
    assert words in found.words


def test_every_source_is_judged_and_the_lowest_charge_is_shown() -> None:
    shunt: dict[str, Value] = {
        "soc_pct": 22.9,
        "alarms": ("pack_undervoltage",),
        "charge_fet": False,
    }
    found = situation(unit(status({"bms": FINE, "shunt": shunt})), NOW_MS)
    assert (found.severity, found.charge_pct) == (Severity.REPAIR, 22)
    assert found.words == "Batterie\u202f: tension trop basse"
    assert found.detail == (
        "La batterie n’accepte pas de charge · Charge basse, ne se charge pas · au repos"
    )


def test_what_is_pressing_stands_before_what_is_not() -> None:
    found = situation(unit(battery(soc_pct=12.0, cells_v=cells(240))), NOW_MS)
    assert found.words.startswith("Cellule faible")
    assert "Charge basse" in found.detail


def test_a_low_charge_does_not_say_what_nobody_knows() -> None:
    said = status({"battery": {"soc_pct": 20.0}})
    assert situation(unit(said), NOW_MS).words == "Charge basse"


def test_a_reading_that_cannot_be_is_not_shown() -> None:
    found = situation(unit(battery(soc_pct=6553.5)), NOW_MS)
    assert (found.severity, found.charge_pct) == (Severity.READY, None)


@pytest.mark.parametrize("current_a", [-6.0, 4.0])
def test_cells_are_judged_at_rest_only(current_a: float) -> None:
    found = situation(unit(battery(cells_v=cells(240), current_a=current_a)), NOW_MS)
    assert found.severity is Severity.READY


def test_cells_are_not_judged_when_nobody_knows_whether_the_battery_rests() -> None:
    said = status({"battery": {"soc_pct": 80.0, "cells_v": cells(240)}})
    assert situation(unit(said), NOW_MS).severity is Severity.READY


def test_a_low_charge_that_rises_needs_nobody() -> None:
    assert situation(unit(battery(soc_pct=12.0, current_a=5.0)), NOW_MS).severity is Severity.READY


@pytest.mark.parametrize(
    ("age_s", "period_s", "is_silent"),
    [
        (29, 1, False),
        (31, 1, True),
        (170, 60, False),
        (181, 60, True),
        (2690, 1e9, False),
        (2710, 1e9, True),
    ],
)
def test_silence_is_three_missed_statuses_and_no_less_than_half_a_minute(
    age_s: float, period_s: float, is_silent: bool
) -> None:
    said = status({"battery": FINE}, period_s=period_s)
    found = situation(unit(said, age_s), NOW_MS)
    assert (found.severity is Severity.SILENT) is is_silent
    assert (found.status is None) is is_silent


def test_the_broker_saying_lost_is_silence_at_once() -> None:
    found = situation(unit(battery(), 2, "lost"), NOW_MS)
    assert (found.severity, found.words) == (Severity.SILENT, "Muet depuis 2\u00a0s")
    assert found.charge_pct is None


def test_saying_goodbye_is_off_and_not_silence() -> None:
    found = situation(unit(battery(), 3 * 86_400, "stopped"), NOW_MS)
    assert (found.severity, found.words) == (Severity.OFF, "Éteint depuis 3\u00a0jours")
    assert found.charge_pct is None
    assert found.detail == "arrêt normal"


def test_a_unit_whose_battery_is_silent_says_since_when() -> None:
    said = status({"battery": {}}, heard_age_s=600.0)
    found = situation(unit(said, 10), NOW_MS)
    assert found.severity is Severity.ATTENTION
    assert found.words == "Batterie muette depuis 10\u00a0min"


@pytest.mark.parametrize(
    ("heard_age_s", "since"), [(1190.0, "depuis 20\u00a0min"), (None, "jusqu’ici")]
)
def test_a_silent_source_is_named_while_the_battery_speaks(
    heard_age_s: float | None, since: str
) -> None:
    said = status({"bms": FINE, "motor": {}}, heard_age_s=heard_age_s)
    found = situation(unit(said, 10), NOW_MS)
    assert found.severity is Severity.ATTENTION
    assert found.words == f"motor\u202f: rien reçu {since}"
    assert found.charge_pct == 80


def test_a_source_that_repeats_itself_is_named() -> None:
    said = status({"bms": FINE})
    frozen = msgspec.structs.replace(said.sources["bms"], doubts=("stuck",))
    found = situation(unit(msgspec.structs.replace(said, sources={"bms": frozen})), NOW_MS)
    assert found.severity is Severity.ATTENTION
    assert found.words == "bms\u202f: mesures figées alors que la batterie travaille"
    assert found.charge_pct == 80


def test_a_unit_that_has_no_line_to_a_battery_is_not_in_order() -> None:
    said = status({"motor": {"input_voltage_v": 50.0}})
    found = situation(unit(said), NOW_MS)
    assert (found.severity, found.words) == (Severity.ATTENTION, "Aucune mesure de batterie")


def test_a_motor_that_speaks_does_not_hide_a_silent_battery() -> None:
    said = status({"battery": {}, "motor": {"input_voltage_v": 50.0}}, heard_age_s=60.0)
    assert situation(unit(said), NOW_MS).words == "Batterie muette depuis 1\u00a0min"


def test_a_battery_that_never_spoke_has_no_since() -> None:
    said = status({"battery": {}}, heard_age_s=None)
    assert situation(unit(said), NOW_MS).words == "Batterie jamais entendue"


def test_units_are_sorted_by_who_needs_someone() -> None:
    units = [
        replace(unit(said, age_s, offline), name=name)
        for name, said, age_s, offline in (
            ("off", battery(), 5, "stopped"),
            ("b-full", battery(), 5, None),
            ("a-full", battery(), 5, None),
            ("half", battery(soc_pct=50.0), 5, None),
            ("unknown", status({"battery": {"pack_voltage_v": 50.0}}), 5, None),
            ("low", battery(soc_pct=20.0), 5, None),
            ("mute", battery(), 900, None),
            ("alarm", battery(alarms=("overload",)), 5, None),
        )
    ]
    units.sort(key=lambda each: order(each, situation(each, NOW_MS)))
    names = [each.name for each in units]
    assert names == ["alarm", "mute", "low", "unknown", "half", "a-full", "b-full", "off"]
