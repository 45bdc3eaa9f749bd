"""When the charge is set, and when it must not be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, data, integers

from tests.device.readiness.scene import HOUR_MS, MORNING_MS, WELL, Scene, at_full, ridden
from triporteur_device.readiness import (
    Pack,
    ReadinessKeeper,
    Sample,
    decode_state,
    encode_state,
)
from triporteur_device.readiness.capacity import Capacity
from triporteur_device.readiness.chemistry import CHEMISTRIES
from triporteur_wire.readiness import SocSource, Verdict
from triporteur_wire.reading import Unreadable

pytestmark = pytest.mark.slow

TAIL = replace(WELL, current_a=0.8, voltage_v=54.4, cells_v=(4.18, 4.19), soc_pct=90.0)
HALF = replace(WELL, voltage_v=48.8, cells_v=(3.75, 3.755), soc_pct=50.0)


def source(scene: Scene) -> SocSource:
    return scene.said.soc_source


def charge(scene: Scene) -> float:
    assert scene.said.soc_pct is not None
    return scene.said.soc_pct


def test_full_voltage_and_tail_for_a_minute_is_full() -> None:
    scene = Scene().live(TAIL, 60)
    assert source(scene) is SocSource.BMS
    scene.live(TAIL, 20)
    assert (charge(scene), source(scene)) == (100.0, SocSource.FULL)
    assert scene.said.soc_sigma_pct == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(replace(TAIL, current_a=4.0), id="the charger still pushes"),
        pytest.param(replace(TAIL, voltage_v=52.0, cells_v=(4.0, 4.0)), id="tail at a low voltage"),
        pytest.param(replace(TAIL, current_a=-2.0), id="a load"),
        pytest.param(replace(WELL, soc_pct=100.0), id="the board's own word"),
    ],
)
def test_nothing_less_is_full(seen: Sample) -> None:
    assert source(Scene().live(seen, 600)) is not SocSource.FULL


def test_an_empty_cell_counts_at_rest_and_not_under_load() -> None:
    low = replace(WELL, voltage_v=39.0, cells_v=(2.95, 3.02), soc_pct=30.0)
    loaded = Scene().live(replace(low, current_a=-15.0), 300)
    assert source(loaded) is SocSource.BMS
    assert source(Scene().live(low, 90)) is SocSource.EMPTY


def test_a_voltage_counts_after_an_hour_at_rest() -> None:
    scene = Scene().live(replace(HALF, soc_pct=80.0), 3500)
    assert source(scene) is SocSource.BMS
    scene.live(replace(HALF, soc_pct=80.0), 300)
    assert source(scene) is SocSource.REST
    assert 50 < charge(scene) < 60


def test_a_flat_chemistry_tells_nothing_between_20_and_90_percent() -> None:
    lfp = CHEMISTRIES["lfp"]
    assert [lfp.told_by_rest(volts) for volts in (3.24, 3.28, 3.31)] == [None, None, None]
    low, high = lfp.told_by_rest(3.05), lfp.told_by_rest(3.345)
    assert low is not None
    assert low[0] < 0.2
    assert high is not None
    assert high[0] > 0.9


def test_what_a_board_does_not_read_is_counted_as_the_standing_load() -> None:
    scene = at_full()
    before = charge(scene)
    scene.live(replace(WELL, soc_pct=100.0), 10 * 3600, 60.0)
    assert before - 6 < charge(scene) < before - 2


def test_a_shunt_has_no_dead_band() -> None:
    scene = at_full()
    before = charge(scene)
    scene.live(replace(WELL, has_dead_band=False), 10 * 3600, 60.0)
    assert charge(scene) == pytest.approx(before, abs=1.0)


def test_doubt_grows_until_the_next_full_charge() -> None:
    scene = at_full()
    ridden(scene, 8.0, 1.0)
    after_ride = scene.said.soc_sigma_pct or 0.0
    assert after_ride > 1.5
    scene.live(replace(HALF, current_a=0.0, soc_pct=None), 1800, 60.0)
    assert (scene.said.soc_sigma_pct or 0.0) > after_ride
    assert (scene.live(TAIL, 300).said.soc_sigma_pct or 0.0) < 1.5


def test_a_standing_load_is_learnt_from_one_full_charge_to_the_next() -> None:
    scene = at_full()
    for _ in range(12):  # 0.3 A that nobody reads: 4.8 Ah in sixteen hours, and put back
        scene.live(WELL, 16 * 3600, 120.0)
        scene.live(replace(TAIL, current_a=2.4, cells_v=(4.0, 4.01)), 2 * 3600, 60.0)
        scene.live(TAIL, 240)
    assert scene.keeper.state.charge.leaks.parked.a == pytest.approx(0.3, abs=0.06)


def test_capacity_is_measured_from_full_down_to_a_low_rest() -> None:
    scene = at_full()
    assert scene.said.health_pct is None
    loaded = replace(WELL, current_a=-9.0, voltage_v=47.0, cells_v=(3.6, 3.61), soc_pct=None)
    scene.live(loaded, 2 * 3600, 60.0)  # 18 Ah
    rest = replace(loaded, current_a=-0.4, voltage_v=44.3, cells_v=(3.41, 3.41))  # 20 %
    scene.live(rest, 3700, 60.0)
    assert scene.said.health_pct == pytest.approx(77, abs=4)


def test_after_a_restart_the_charge_is_counted_on() -> None:
    scene = ridden(at_full(), 8.0, 1.0)
    stored = encode_state(scene.keeper.state)
    again = Scene(decode_state(stored, Pack()), utc_ms=MORNING_MS)
    again.now_ms = scene.now_ms + 20_000
    again.live(replace(HALF, soc_pct=charge(scene)), 20)
    assert charge(again) == pytest.approx(charge(scene), abs=0.5)
    assert source(again) is source(scene)


def test_what_a_charger_did_while_the_unit_was_off_is_not_known_for_sure() -> None:
    scene = ridden(at_full(), 11.0, 1.3)
    before, sure = charge(scene), scene.said.soc_sigma_pct or 0.0
    scene.pass_unseen(10 * 3600)
    busy = replace(WELL, current_a=-4.0, soc_pct=98.0)
    scene.live(busy, 20)
    assert charge(scene) > before + 30
    assert (scene.said.soc_sigma_pct or 0.0) > sure + 4


def begun_again(scene: Scene, hours: float) -> Scene:
    """Switched off for so long; its samples are of boot 1."""
    assert scene.utc_ms is not None
    stored = decode_state(encode_state(scene.keeper.state), Pack())
    return Scene(stored, utc_ms=scene.utc_ms + round(hours * HOUR_MS))


def test_what_speaks_before_the_battery_does_not_end_the_night() -> None:
    """The board then tells alone what the charger did."""
    scene = ridden(at_full(), 11.0, 1.3)
    evening = charge(scene)
    again = begun_again(scene, 14).live(Sample(0, boot_no=1, silent=("bms",)), 20, 1.0)
    assert again.said.verdict is Verdict.NO_GO
    busy = replace(WELL, boot_no=1, current_a=-4.0, soc_pct=evening + 40)
    again.live(replace(busy, soc_pct=None), 5, 1.0)
    assert again.said.verdict is Verdict.NO_GO
    again.live(busy, 5, 1.0)
    assert charge(again) == pytest.approx(evening + 40, abs=0.5)
    assert source(again) is SocSource.RESUMED
    assert (again.said.soc_sigma_pct or 30.0) < 10.0


def test_a_source_that_stays_silent_is_not_waited_for() -> None:
    again = begun_again(ridden(at_full(), 11.0, 1.3), 14)
    again.live(replace(WELL, boot_no=1, silent=("moteur",)), 12, 1.0)
    assert source(again) is SocSource.RESUMED


def test_what_another_device_says_is_no_step_of_the_charge() -> None:
    scene = ridden(at_full(), 11.0, 1.3)
    before = charge(scene)
    again = begun_again(scene, 2)
    busy = replace(WELL, boot_no=1, current_a=-4.0, soc_pct=before + 25, soc_by="shunt")
    assert charge(again.live(busy, 5, 1.0)) == pytest.approx(before, abs=0.5)


def test_no_charger_fills_a_battery_within_minutes_whatever_its_board_says() -> None:
    scene = ridden(at_full(), 11.0, 2.2)
    before = charge(scene)
    scene.pass_unseen(200).live(replace(WELL, current_a=-4.0, soc_pct=100.0), 20)
    assert charge(scene) < before + 5
    assert scene.said.verdict is Verdict.NO_GO


@pytest.mark.parametrize(
    ("seen", "telling"),
    [
        (replace(HALF, cells_v=(0.0, 4.1), cells_gap_pct=-8.0), SocSource.EMPTY),
        (replace(HALF, cells_v=(4.3, 3.75), current_a=0.8, cells_gap_pct=8.0), SocSource.FULL),
    ],
)
def test_a_sense_wire_that_is_off_makes_no_battery_full_or_empty(
    seen: Sample, telling: SocSource
) -> None:
    assert source(Scene().live(replace(seen, cells_gap_pct=0.0), 120)) is telling
    assert source(Scene().live(seen, 120)) is SocSource.BMS


def test_far_more_than_was_measured_is_believed_when_it_is_found_again_and_again() -> None:
    capacity = Capacity.of_label(30.0)
    for _ in range(4):
        capacity.learn(9.0, 0.5, 0.02, 30.0)
    worn_ah = capacity.ah
    assert worn_ah == pytest.approx(18.0, abs=1.0)
    for found_ah in (15.0, 15.0, 9.0, 15.0, 15.0):  # two in a row are no battery's exchange
        capacity.learn(found_ah, 0.5, 0.02, 30.0)
        assert capacity.ah == pytest.approx(worn_ah, abs=0.5)
    capacity.learn(16.0, 0.5, 0.02, 30.0)
    assert capacity.ah == pytest.approx(30.0, abs=0.5)


def test_one_full_charge_is_asked_once_whether_there_is_far_more() -> None:
    """What came back unseen since then is in each voltage that follows."""
    scene = at_full()
    before_ah = scene.keeper.state.charge.capacity.ah
    loaded = replace(WELL, current_a=-9.0, voltage_v=47.0, cells_v=(3.6, 3.61), soc_pct=None)
    scene.live(loaded, 2.8 * 3600, 60.0)
    for cell_v in (3.66, 3.62, 3.58):
        rest = replace(WELL, voltage_v=13 * cell_v, cells_v=(cell_v, cell_v), soc_pct=None)
        scene.live(rest, 3700, 60.0).live(loaded, 600, 60.0)
    capacity = scene.keeper.state.charge.capacity
    assert len(capacity.larger_ah) == 1
    assert capacity.ah == before_ah


def test_without_a_word_of_the_board_a_night_off_leaves_only_doubt() -> None:
    scene = ridden(at_full(), 11.0, 1.3).pass_unseen(10 * 3600)
    scene.live(replace(WELL, current_a=-4.0, soc_pct=None), 20)
    assert scene.said.soc_sigma_pct == pytest.approx(30.0)


def test_another_battery_begins_anew_and_nonsense_is_refused() -> None:
    stored = encode_state(at_full().keeper.state)
    assert decode_state(stored, Pack(nominal_ah=20.0)).charge.charge is None
    with pytest.raises(Unreadable, match="begin anew"):
        decode_state(b"{", Pack())


def test_a_clock_that_went_back_over_a_boot_hides_no_time_without_power() -> None:
    scene = at_full()
    stored = encode_state(scene.keeper.state)
    doubts = []
    for utc_ms in (None, MORNING_MS - 5 * 3_600_000):
        keeper = ReadinessKeeper(Pack(), state=decode_state(stored, Pack()))
        for mono_ms in (5_000, 15_000):  # whether the board tells its charge is waited for
            keeper.look(replace(WELL, mono_ms=mono_ms, boot_no=2, utc_ms=utc_ms, soc_pct=None))
        doubts.append(keeper.readiness(15_000, utc_ms).soc_sigma_pct)
    assert doubts[0] == doubts[1]
    assert (doubts[1] or 0.0) > 3.0


@given(data())
def test_not_one_bit_of_what_was_stored_may_change(draw: DataObject) -> None:
    stored = bytearray(encode_state(Scene().keeper.state))
    assert decode_state(bytes(stored), Pack()).pack == Pack()
    stored[draw.draw(integers(0, len(stored) - 1))] ^= 1 << draw.draw(integers(0, 7))
    with pytest.raises(Unreadable, match="begin anew"):
        decode_state(bytes(stored), Pack())
