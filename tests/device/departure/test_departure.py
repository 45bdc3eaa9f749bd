"""Live values in; the verdict, its records, its file and the lamp's signal out."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, time
from pathlib import Path
from types import MappingProxyType

import pytest

from triporteur_device.departure.departure import Departure
from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.outings import Outings
from triporteur_device.gpio.lamp import ATTENTION, GO, STAY, Pattern
from triporteur_device.readiness import Pack, decode_state
from triporteur_wire.messages import Doubt, Reading, SourceHealth
from triporteur_wire.quantities import Value
from triporteur_wire.readiness import USUAL_OUTING, Outing, Readiness, SocSource, Verdict, Why
from triporteur_wire.records import Foretold

pytestmark = pytest.mark.slow

PACK = Pack()
FULL: Mapping[str, Value] = {
    "pack_voltage_v": 54.0,
    "current_a": -0.1,
    "soc_pct": 99.0,
    "cells_v": (4.152, 4.155, 4.154),
    "battery_temps_c": (16.0, 17.0),
    "alarms": (),
    "discharge_fet": True,
}
SHORT = Outing(2.0, 0.0, 1.0, 10.0)


@dataclass
class Unit:
    """A departure on a card of its own, looked at once a second."""

    folder: Path
    boot_no: int = 1
    now_ms: int = 0
    lit: list[Pattern] = field(default_factory=list)
    records: list[Readiness | Foretold] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outings = Outings(
            KeptFile(self.folder / "plan.json", self.folder / "run" / "plan.json"),
            self.boot_no, UTC, time(9), [],
        )  # fmt: skip
        self.outings.enter("today", SHORT, None)
        self.file = KeptFile(self.path, self.folder / "run" / "readiness.json")
        self.departure = Departure(
            PACK, UTC, self.boot_no, self.file, self.outings, self.lit.append
        )

    @property
    def path(self) -> Path:
        return self.folder / "readiness.json"

    def live(
        self,
        seconds: int,
        values: Mapping[str, Value],
        doubts: tuple[str, ...] = (),
        others: Mapping[str, Mapping[str, Value]] = MappingProxyType({}),
    ) -> Readiness:
        """`others` are what other devices say, by the name of their protocol."""
        readings = {
            name: {quantity: Reading(value, 0.2) for quantity, value in told.items()}
            for name, told in {"battery": values, **others}.items()
        } | {
            "checks": {},
            "machine": {},
        }
        sources = {
            "battery": SourceHealth("jbd", 0.2, 10, 0, {}, doubts=doubts),
            "machine": SourceHealth("machine", None, 0, 0, {}),
        } | {name: SourceHealth(name, 0.2, 10, 0, {}) for name in others}
        told = None
        for _ in range(seconds):
            self.now_ms += 1000
            told = self.departure.look(readings, sources, self.now_ms, None)
            assert told
            self.records += self.departure.records(told, self.now_ms)
        assert told
        return told

    def charge_fully(self) -> None:
        """A charge watched to its end, and five minutes of rest: all is known."""
        self.live(400, {**FULL, "current_a": 0.5, "cells_v": (4.2, 4.2, 4.2)})
        self.live(400, FULL)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


def test_a_unit_that_knows_its_battery_may_leave(unit: Unit) -> None:
    unit.charge_fully()
    readiness = unit.live(1, FULL)
    assert readiness.verdict is Verdict.GO
    assert readiness.soc_source is SocSource.FULL


def test_who_does_not_know_the_day_is_not_sent_out_for_less_than_what_is_entered(
    unit: Unit,
) -> None:
    unit.outings.forget("today", None)
    unit.outings.enter("tomorrow", Outing(70.0, 0.0, 3.0, 20.0, "Plage"), 1_795_593_600_000)
    unit.charge_fully()
    readiness = unit.live(1, FULL)
    assert (readiness.verdict, readiness.outing.place) == (Verdict.NO_GO, "Plage")
    unit.outings.enter("today", SHORT, None)
    assert unit.live(1, FULL).outing == SHORT


@pytest.mark.parametrize(
    "heavy", [Outing(6.0, 100.0, 4.0, 200.0, "Concert"), Outing(7.5, 900.0, 6.0, 60.0, "Croix")]
)
def test_who_does_not_know_the_day_is_not_sent_out_for_less_than_a_short_outing_needs(
    unit: Unit, heavy: Outing
) -> None:
    unit.outings.forget("today", None)
    unit.outings.enter("tomorrow", heavy, 1_795_593_600_000)
    unit.outings.enter("today", Outing(20.0, 0.0, 0.5, 10.0, "Gare"), 1_795_593_600_000)
    unit.charge_fully()
    readiness = unit.live(1, FULL)
    assert (readiness.verdict, readiness.outing.place) == (Verdict.NO_GO, heavy.place)


def test_who_does_not_know_the_day_is_not_sent_out_for_less_than_the_usual_outing_needs(
    unit: Unit,
) -> None:
    unit.outings.forget("today", None)
    unit.outings.enter("tomorrow", SHORT, 1_795_593_600_000)
    unit.charge_fully()
    assert unit.live(1, FULL).outing == USUAL_OUTING


def test_nothing_heard_is_never_go(unit: Unit) -> None:
    unit.charge_fully()
    readiness = unit.live(1, {})
    assert readiness.verdict is Verdict.NO_GO
    assert readiness.reasons[0].why is Why.NO_DATA


def test_what_a_stuck_source_says_counts_for_nothing(unit: Unit) -> None:
    unit.charge_fully()
    readiness = unit.live(1, FULL, (Doubt.STUCK,))
    assert readiness.verdict is Verdict.NO_GO
    assert readiness.reasons[0].why is Why.NO_DATA


def test_the_units_own_sources_are_not_missed_when_they_have_nothing_to_say(unit: Unit) -> None:
    unit.charge_fully()
    found = unit.live(1, FULL)
    assert not [reason for reason in found.reasons if reason.why is Why.SILENT]


def test_the_figures_of_a_status_are_short(unit: Unit) -> None:
    readiness = unit.live(3, {**FULL, "soc_pct": 83.123456})
    assert readiness.soc_pct == 83.1
    assert readiness.needed_wh == round(readiness.needed_wh, 1)
    assert readiness.outing.km == 2.0


# Records.


def test_a_change_of_verdict_is_recorded_once_with_its_figures(unit: Unit) -> None:
    unit.charge_fully()
    unit.records.clear()
    unit.live(60, {})
    (lost,) = unit.records
    assert isinstance(lost, Readiness)
    assert (lost.verdict, lost.reasons[0].why) == (Verdict.NO_GO, Why.NO_DATA)
    assert lost.needed_wh > 0


def test_a_verdict_that_trembles_is_no_change(unit: Unit) -> None:
    unit.charge_fully()
    unit.records.clear()
    for _ in range(20):
        unit.live(3, {})
        unit.live(3, FULL)
    assert unit.records == []


def test_after_an_outing_what_was_foreseen_stands_beside_what_it_took(unit: Unit) -> None:
    unit.charge_fully()
    unit.records.clear()
    ridden_m = 0.0
    for _ in range(900):  # 15 km/h for a quarter of an hour
        ridden_m += 15 / 3.6
        unit.live(1, {**FULL, "current_a": -6.0, "distance_m": ridden_m})
    unit.live(700, {**FULL, "distance_m": ridden_m})
    unit.live(60, {**FULL, "current_a": 3.0, "distance_m": ridden_m})
    (ridden,) = [record for record in unit.records if isinstance(record, Foretold)]
    assert ridden.km == pytest.approx(3.75, abs=0.1)
    assert ridden.used_wh == pytest.approx(6.0 * 54 / 4, rel=0.1)
    assert ridden.foreseen_wh > 20
    calibration = unit.live(1, FULL).calibration
    assert calibration
    assert calibration.rides == 1
    assert calibration.last_km == pytest.approx(3.75, abs=0.1)


# What is kept.


def test_what_was_learnt_outlives_a_power_cut(unit: Unit, tmp_path: Path) -> None:
    unit.charge_fully()
    unit.departure.keep(unit.now_ms)
    again = Unit(tmp_path, boot_no=2)
    readiness = again.live(1, FULL)
    assert readiness.soc_source is SocSource.RESUMED
    assert (readiness.soc_pct or 0) > 95


def whys_after_a_fault(unit: Unit, others: Mapping[str, Mapping[str, Value]]) -> set[Why]:
    """Of the next life, in which `others` are fitted, once the motor's controller was in fault."""
    unit.live(20, FULL, others={"vesc": {"fault": "over_current"}})
    unit.departure.keep(unit.now_ms)
    said = Unit(unit.folder, boot_no=2).live(20, FULL, others=others)
    return {reason.why for reason in said.reasons}


def test_what_a_device_said_is_held_while_it_is_fitted_whatever_comes_beside_it(unit: Unit) -> None:
    assert Why.FAULT in whys_after_a_fault(unit, {"vesc": {}, "smartshunt": {}})


@pytest.mark.parametrize("others", [{}, {"bafang": {"speed_kmh": 0.0}}])
def test_what_a_device_said_goes_with_it(
    unit: Unit, others: Mapping[str, Mapping[str, Value]]
) -> None:
    assert Why.FAULT not in whys_after_a_fault(unit, others)


def kept(unit: Unit, seconds: int, values: Mapping[str, Value]) -> int:
    """How often it was written meanwhile."""
    written: list[bytes] = []
    unit.file.write = written.append  # type: ignore[method-assign,assignment]
    for _ in range(seconds // 10):
        unit.live(10, values)
        unit.departure.keep(unit.now_ms)
    return len(written)


def test_a_battery_at_rest_is_kept_every_ten_minutes(unit: Unit) -> None:
    unit.charge_fully()
    assert kept(unit, 3000, FULL) == pytest.approx(5, abs=1)


def test_one_that_empties_is_kept_by_the_point(unit: Unit) -> None:
    unit.charge_fully()
    before = unit.live(1, FULL).soc_pct or 0.0
    count = kept(unit, 1800, {**FULL, "current_a": -8.0})
    lost = before - (unit.live(1, FULL).soc_pct or 0.0)
    assert lost > 10
    assert count == pytest.approx(lost, abs=2)


def test_what_was_bad_is_kept_within_a_minute(unit: Unit) -> None:
    unit.charge_fully()
    kept(unit, 20, FULL)
    assert kept(unit, 70, {**FULL, "alarms": ("short_circuit",)}) == 1


def test_it_is_kept_at_once_when_asked(unit: Unit) -> None:
    unit.live(10, FULL)
    unit.departure.keep(unit.now_ms)
    unit.live(1, FULL)
    unit.departure.keep(unit.now_ms, at_once=True)
    seen = decode_state(unit.path.read_bytes(), PACK).seen
    assert seen
    assert seen.mono_ms == unit.now_ms


def test_a_file_that_cannot_be_read_is_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "readiness.json").write_bytes(b"{}")
    readiness = Unit(tmp_path).live(1, FULL)
    assert readiness.soc_source is SocSource.BMS
    assert "begin anew" in caplog.text


def test_another_battery_is_not_judged_by_what_the_first_one_taught(tmp_path: Path) -> None:
    first = Unit(tmp_path)
    first.charge_fully()
    first.departure.keep(first.now_ms)
    assert decode_state(first.path.read_bytes(), Pack(nominal_ah=20.0)).charge.charge is None


def test_a_fault_of_the_judgement_is_unknown_and_ends_nothing(
    unit: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    unit.charge_fully()
    unit.departure.press(unit.now_ms)
    for _ in range(3):
        unit.departure._keeper.state.charge.charge = "full"  # type: ignore[assignment]
        assert unit.departure.look({}, {}, unit.now_ms, None) is None
    assert unit.lit == []
    assert unit.live(3, FULL).soc_source is SocSource.BMS
    assert [record.getMessage() for record in caplog.records] == [
        "the readiness cannot be judged; it begins anew",
        "the readiness is judged again",
    ]


# The lamp.


def test_a_press_shows_the_verdict_for_ten_seconds_and_then_the_lamp_is_dark(unit: Unit) -> None:
    unit.charge_fully()
    assert unit.lit == []
    unit.departure.press(unit.now_ms)
    unit.live(30, FULL)
    assert unit.lit == [GO] * 9 + [()]


def test_a_pattern_says_what_is_true_while_it_shows(unit: Unit) -> None:
    unit.charge_fully()
    unit.departure.press(unit.now_ms)
    unit.live(2, FULL)
    unit.live(2, {})
    assert unit.lit == [GO, GO, STAY, STAY]


def test_what_is_unsure_is_shown_as_caution(unit: Unit) -> None:
    unit.live(5, FULL)
    unit.departure.press(unit.now_ms)
    unit.live(1, FULL)
    assert unit.lit == [ATTENTION]
