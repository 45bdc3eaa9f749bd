"""A battery too weak for its motor: which hill is supposed, and what that makes of the verdict."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.device.readiness.scene import MARKET, WELL, Scene, at_full
from triporteur_device.readiness import Pack, Sample
from triporteur_device.readiness.sag import Sag
from triporteur_wire.readiness import Verdict, Why

PACK = Pack()


def pulls(sag: Sag, amperes: float, seconds: int = 120) -> None:
    """Rests and hills in turn, on a battery whose voltage falls by 0.3 V with each ampere."""
    before: Sample | None = None
    for second in range(seconds):
        drawn_a = amperes if second % 60 < 50 else 0.0
        seen = told(53.0 - 0.3 * drawn_a, drawn_a, second)
        sag.watch(before, seen, PACK, 1.0)
        before = seen


def told(volts: float, amperes: float, second: int) -> Sample:
    return Sample(second * 1000, voltage_v=volts, current_a=-amperes)


def ridden(*hills_a: float) -> Sag:
    """Outings, each with a hill."""
    sag = Sag()
    for amperes in hills_a:
        pulls(sag, amperes, 1200)
        sag.end_outing(5.0)
    return sag


def weak_sag(ohm: float, hill_w: float, usual_w: float) -> Sag:
    return Sag(100 * ohm, 100.0, 100.0, hill_w=hill_w, usual_w=usual_w, usual_slope=10.0)


def weak(ohm: float, hill_w: float, usual_w: float, slope: float = 0.0) -> Scene:
    scene = at_full()
    scene.keeper.state.sag = weak_sag(ohm, hill_w, usual_w)
    scene.keeper.plan([replace(MARKET, climb_m=slope * MARKET.km)])
    return scene.live(WELL, 10)


def test_one_hard_outing_in_many_moves_what_is_usual_by_a_quarter_of_the_way() -> None:
    usual, hardest = ridden(12.0, 12.0, 12.0).usual_w, ridden(24.0).usual_w
    after = ridden(12.0, 12.0, 12.0, 24.0)
    assert after.usual_w == pytest.approx(usual + (hardest - usual) / 4)
    assert after.hill_w == pytest.approx(hardest)


def test_one_false_current_hides_no_weakness() -> None:
    sag = Sag()
    pulls(sag, 12.0, 1200)
    for frames in ((0.0, 450.0), (450.0, 0.0)):
        before, seen = (told(53.0, amperes, 0) for amperes in frames)
        sag.watch(before, seen, PACK, 1.0)
    assert sag.iv / sag.ii == pytest.approx(0.3, rel=0.1)


def test_a_hill_is_as_hard_for_a_full_battery_as_for_an_empty_one() -> None:
    full, empty = Sag(), Sag()
    full.watch(told(54.0, 20.0, 0), told(54.0, 20.0, 1), PACK, 1.0)
    empty.watch(told(40.0, 27.0, 0), told(40.0, 27.0, 1), PACK, 1.0)
    assert full.hill_w == empty.hill_w


def test_an_outing_without_a_ride_tells_nothing_of_hills() -> None:
    sag = ridden(12.0)
    usual_w = sag.usual_w
    sag.end_outing(5.0)
    assert sag.usual_w == usual_w


def test_before_the_first_outing_is_over_any_hill_may_be_the_hardest() -> None:
    sag = Sag()
    pulls(sag, 20.0, 1200)
    found, always_so = sag.cuts(PACK), weak_sag(0.3, sag.hill_w, sag.hill_w).cuts(PACK)
    assert found is not None
    assert always_so is not None
    assert astuple(found) == pytest.approx(astuple(always_so))


def test_a_steeper_outing_has_a_harder_hill_and_never_one_beyond_the_hardest() -> None:
    sag = weak_sag(0.3, 1200.0, 600.0)
    told = [sag.cuts(PACK, slope) for slope in (0.0, 10.0, 20.0, 90.0)]
    flat, usual, steep, steepest = (cuts.usual for cuts in told if cuts)
    assert flat == usual < steep < steepest
    assert [cuts.usual == cuts.harder for cuts in told if cuts] == [False, False, False, True]


def test_a_way_steeper_than_any_forbids_partez_where_it_is_not_refused() -> None:
    flat, steep = weak(0.4, 300.0, 300.0, 2.0), weak(0.4, 300.0, 300.0, 90.0)
    assert flat.said.verdict is Verdict.GO
    assert steep.said.verdict is Verdict.CAUTION


def test_a_hill_is_not_forgotten_while_the_trike_stands_and_feeds() -> None:
    sag = weak_sag(0.3, 1200.0, 600.0)
    for second in range(0, 40_000, 4):
        sag.watch(told(52.0, 1.0, second), told(52.0, 1.0, second + 4), PACK, 4.0)
    assert sag.hill_w == 1200.0


def test_sums_that_say_nothing_are_nothing_known() -> None:
    assert Sag(0.0, 0.0, 100.0, hill_w=1200.0, usual_w=600.0).cuts(PACK) is None


def test_a_weak_pack_is_not_refused_for_its_one_hardest_hill_and_is_not_let_go_either() -> None:
    always_so, once = weak(0.6, 1300.0, 1300.0).said, weak(0.6, 1300.0, 500.0).said
    assert always_so.verdict is Verdict.NO_GO
    assert once.verdict is Verdict.CAUTION
    assert {Why.TIGHT, Why.WEAK_PACK} <= {reason.why for reason in once.reasons}
    assert once.available_wh == always_so.available_wh


ohms, watts, slopes = st.floats(0.0, 0.8), st.floats(1.0, 2000.0), st.floats(0.0, 40.0)


@given(ohms, watts, watts, slopes)
def test_a_usual_hill_never_cuts_off_before_a_harder_one(
    ohm: float, hill_w: float, usual_w: float, slope: float
) -> None:
    cuts = weak_sag(ohm, hill_w, usual_w).cuts(PACK, slope)
    assert cuts is not None
    assert cuts.usual <= cuts.harder <= cuts.hardest


@given(*(st.tuples(one, one) for one in (ohms, watts, watts, slopes)), st.integers(0, 3))
def test_a_weaker_pack_or_a_harder_hill_never_improves_a_verdict(
    ohm: tuple[float, float],
    hill: tuple[float, float],
    usual: tuple[float, float],
    slope: tuple[float, float],
    which: int,
) -> None:
    mild = [ohm[0], hill[0], usual[0], slope[0]]
    hard = list(mild)
    mild[which], hard[which] = sorted((ohm, hill, usual, slope)[which])
    better, worse = weak(*mild).said, weak(*hard).said
    assert worse.verdict.rank >= better.verdict.rank
    assert (worse.available_wh or 0.0) <= (better.available_wh or 0.0)


@given(ohms, watts, watts)
def test_a_battery_that_a_hill_cuts_off_is_never_better_than_one_of_which_nothing_is_known(
    ohm: float, hill_w: float, usual_w: float
) -> None:
    """Its board cuts it off from there on, which is never below the reserve."""
    known, unknown = weak(ohm, hill_w, usual_w).said, of_nothing_known().said
    assert known.verdict.rank >= unknown.verdict.rank
    assert 0.0 <= (known.available_wh or 0.0) <= (unknown.available_wh or 0.0)
    if ohm > 0.5 and hill_w > 1500.0:
        assert (known.available_wh or 0.0) < (unknown.available_wh or 0.0) / 2


def of_nothing_known() -> Scene:
    scene = at_full()
    scene.keeper.plan([replace(MARKET, climb_m=0.0)])
    return scene.live(WELL, 10)
