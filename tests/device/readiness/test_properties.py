"""Whatever happens: less never looks better, and what nobody knows never gives PARTEZ."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.readiness.scene import WELL, at_full
from triporteur_device.readiness import Sample, State, decode_state, encode_state
from triporteur_device.readiness.rules import Facts
from triporteur_device.readiness.verdict import reasons, verdict
from triporteur_wire.plan import MOST_CLIMB_M, MOST_KM, MOST_LOAD_W, MOST_SITE_H
from triporteur_wire.readiness import Outing, Verdict

WELL_KNOWN = Facts(
    heard=True,
    alarms=(),
    warnings=(),
    faults=(),
    cut=False,
    coldest_c=15.0,
    hottest_c=15.0,
    rest_spread_mv=12.0,
    soc_sigma_points=2.0,
    margin_pct=80.0,
    comfort_pct=70.0,
    full_age_days=1.0,
    charges_gap=2.0,
    given=frozenset({"discharge_fet", "fault"}),
)

#: For each number, all values from the best to the worst.
WORSENING: Mapping[str, tuple[float, float]] = {
    "coldest_c": (20.0, -30.0),
    "hottest_c": (20.0, 80.0),
    "rest_spread_mv": (0.0, 600.0),
    "soc_sigma_points": (0.5, 30.0),
    "margin_pct": (200.0, -100.0),
    "comfort_pct": (200.0, -100.0),
    "full_age_days": (0.0, 60.0),
    "charges_gap": (0.0, 60.0),
    "cells_gap_pct": (0.0, 20.0),
    "energy_gap_pct": (0.0, 90.0),
    "health_pct": (100.0, 30.0),
    "cuts_at_pct": (0.0, 100.0),
    "refused_pct": (0.0, 50.0),
}
Changed = TypeVar("Changed", Facts, Sample)
WORDS = ("alarms", "warnings", "faults")


def changed(one: Changed, changes: Mapping[str, Any]) -> Changed:
    return replace(one, **changes)


def judged(facts: Facts) -> Verdict:
    return verdict(reasons(facts, ()))


def at(name: str, worse: float) -> float:
    best, worst = WORSENING[name]
    return best + (worst - best) * worse


badness = st.floats(0.0, 1.0)
some_facts = st.builds(
    lambda how, words, cut: changed(
        WELL_KNOWN,
        {name: at(name, worse) for name, worse in how.items()}
        | dict.fromkeys(words, ("x",))
        | {"cut": cut},
    ),
    st.fixed_dictionaries({}, optional=dict.fromkeys(WORSENING, badness)),
    st.sets(st.sampled_from(WORDS)),
    st.booleans(),
)


def test_all_well_gives_partez() -> None:
    assert judged(WELL_KNOWN) is Verdict.GO


@given(some_facts, st.sampled_from(sorted(WORSENING)), badness, badness)
def test_a_worse_number_never_improves_a_verdict(
    facts: Facts, name: str, one: float, other: float
) -> None:
    better, worse = sorted((one, other))
    before = judged(changed(facts, {name: at(name, better)}))
    after = judged(changed(facts, {name: at(name, worse)}))
    assert after.rank >= before.rank


@given(some_facts, st.sampled_from(WORDS))
def test_a_complaint_never_improves_a_verdict(facts: Facts, name: str) -> None:
    before, after = changed(facts, {name: ()}), changed(facts, {name: ("x",)})
    assert judged(after).rank >= judged(before).rank


@pytest.mark.parametrize(
    "name",
    [
        "alarms",
        "faults",
        "cut",
        "coldest_c",
        "hottest_c",
        "rest_spread_mv",
        "soc_sigma_points",
        "charges_gap",
    ],
)
@given(facts=some_facts)
def test_what_nobody_knows_never_gives_partez(facts: Facts, name: str) -> None:
    assert judged(changed(facts, {name: None})) is not Verdict.GO


samples = st.builds(
    Sample,
    st.just(0),
    voltage_v=st.none() | st.floats(0, 120),
    current_a=st.none() | st.floats(-100, 100),
    soc_pct=st.none() | st.floats(0, 100),
    soc_gap=st.none() | st.floats(0, 100),
    cells_v=st.lists(st.floats(0, 5), max_size=4).map(tuple),
    temps_c=st.lists(st.floats(-40, 120), max_size=3).map(tuple),
    alarms=st.none() | st.just(()) | st.just(("short_circuit",)),
    discharge_on=st.none() | st.booleans(),
    charger_plugged=st.none() | st.booleans(),
    distance_m=st.none() | st.floats(0, 1e9),
    speed_kmh=st.none() | st.floats(0, 80),
)
steps = st.lists(st.tuples(samples, st.integers(0, 10_000_000)), max_size=12)


@given(steps)
def test_any_past_leaves_charge_within_its_bounds_and_is_stored_whole(
    past: list[tuple[Sample, int]],
) -> None:
    scene = at_full()
    for seen, later_ms in past:
        scene.now_ms += later_ms
        scene.keeper.look(replace(seen, mono_ms=scene.now_ms))
    said = scene.said
    assert said.soc_pct is None or 0.0 <= said.soc_pct <= 100.0
    assert said.soc_sigma_pct is None or 0.0 < said.soc_sigma_pct <= 30.0
    assert said.wh_per_km > 0
    stored = encode_state(scene.keeper.state)
    assert encode_state(decode_state(stored, scene.keeper.state.pack)) == stored


LOSSES: Mapping[str, Any] = {
    "voltage_v": None,
    "current_a": None,
    "soc_pct": None,
    "cells_v": (),
    "temps_c": (),
    "alarms": None,
    "faults": None,
    "discharge_on": None,
}


@given(
    st.sets(st.sampled_from(sorted(LOSSES)), min_size=1),
    st.sampled_from([WELL, replace(WELL, temps_c=(-12.0,)), replace(WELL, alarms=("overload",))]),
)
def test_a_measure_that_falls_silent_never_improves_a_verdict(lost: set[str], seen: Sample) -> None:
    seen = replace(seen, given=WELL.given | {"fault", "discharge_fet"})
    scene = at_full().live(seen, 60)
    before = scene.said.verdict
    scene.live(changed(seen, {name: LOSSES[name] for name in lost}), 20)
    assert scene.said.verdict is not Verdict.GO
    assert scene.said.verdict.rank >= before.rank


@given(st.floats(0, 100), st.floats(0, 100))
def test_less_charge_never_improves_a_verdict(one: float, other: float) -> None:
    low, high = sorted((one / 100, other / 100))
    assert _with_charge(low).rank >= _with_charge(high).rank


def _with_charge(charge: float) -> Verdict:
    scene = at_full()
    scene.keeper.state.charge.charge = charge
    return scene.said.verdict


some_outings = st.lists(
    st.builds(
        Outing,
        km=st.floats(0.1, MOST_KM),
        climb_m=st.floats(0, MOST_CLIMB_M),
        site_h=st.floats(0, MOST_SITE_H),
        load_w=st.floats(0, MOST_LOAD_W),
    ),
    min_size=1,
    max_size=4,
)


@given(some_outings)
def test_of_outings_that_may_be_meant_none_is_judged_by_less_than_it_needs(
    outings: list[Outing],
) -> None:
    scene = at_full()

    def judged(*meant: Outing) -> tuple[int, float]:
        scene.keeper.plan(meant)
        return scene.said.verdict.rank, scene.said.needed_wh

    assert judged(*outings) == max(judged(one) for one in outings)


def test_every_number_of_the_facts_has_its_direction() -> None:
    numbers = {field.name for field in fields(Facts) if field.type == (float | None)}
    assert numbers - {"heard_s"} == set(WORSENING)


def test_the_state_is_a_struct_that_can_be_stored() -> None:
    assert isinstance(at_full().keeper.state, State)
