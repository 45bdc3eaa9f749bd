"""A simulated trike, read by the real decoders: its devices agree, and one that lies is told."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from triporteur_device.checks import STALE_AFTER_MS, Checks
from triporteur_device.live import LiveValues, Observation
from triporteur_device.protocols import PROTOCOLS, Frame
from triporteur_device.simulators.devices import DEVICES
from triporteur_device.simulators.instrument import Instrument
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState
from triporteur_wire.concerns import CELLS_GAP_PCT, CHARGES_GAP_POINTS, ENERGY_GAP_PCT
from triporteur_wire.origins import CHECKS
from triporteur_wire.quantities import Value

pytestmark = pytest.mark.slow

SOURCES = ("jbd", "vedirect", "vesc")
#: 8.5 km at 250 W.
RIDE_S = 1500
LIMITS = {
    "cells_gap_pct": CELLS_GAP_PCT,
    "energy_gap_pct": ENERGY_GAP_PCT,
    "soc_gap_pct": CHARGES_GAP_POINTS,
}

Lie = Callable[[str, dict[str, Value]], dict[str, Value]]


def truth(_source: str, values: dict[str, Value]) -> dict[str, Value]:
    return values


@cache
def ride() -> tuple[dict[str, dict[str, Value]], ...]:
    """What each device says, once a second."""
    model = TrikeModel(TrikeParameters(), 3, MONDAY_S + 9.5 * 3600)
    model.set_phase(Phase.RIDING)
    model.set_load_w(250.0)
    devices = {name: DEVICES[name](1) for name in SOURCES}
    seconds = []
    for _ in range(1, RIDE_S):
        model.advance(1.0)
        state = model.state
        seconds.append({name: says(name, device, state) for name, device in devices.items()})
    return tuple(seconds)


def says(name: str, device: Instrument, state: TrikeState) -> dict[str, Value]:
    requests = b"".join(sorted(PROTOCOLS[name].requests))
    bursts = [*device.receive(requests, state), *device.push(state)]
    return dict(heard(name, b"".join(burst.data for burst in bursts)))


def checked(lie: Lie = truth) -> dict[str, Value]:
    """What the checks say at the end of the ride, when this is made of each device's words."""
    live = LiveValues(dict.fromkeys(SOURCES, 10_000) | {CHECKS: STALE_AFTER_MS})
    checks, said = Checks(), dict[str, Value]()
    for second, spoken in enumerate(ride(), 1):
        for name, values in spoken.items():
            live.observe(Observation(name, 1000 * second, lie(name, values)))
        seen = checks.look(live.readings(1000 * second), 1000 * second)
        said = dict(seen.values) if seen else {}
    return said


def heard(name: str, data: bytes) -> Iterator[tuple[str, Value]]:
    spec = PROTOCOLS[name]
    for event in spec.decoder().receive(data):
        if isinstance(event, Frame):
            yield from spec.reading(event).values.items()


def test_devices_that_tell_the_truth_agree_within_the_limits() -> None:
    said = checked()
    assert set(said) == set(LIMITS)
    for name, limit in LIMITS.items():
        gap = said[name]
        assert isinstance(gap, float)
        assert abs(gap) < limit / 2, name


@pytest.mark.parametrize(
    ("quantity", "source", "lies", "factor"),
    [
        ("cells_gap_pct", "jbd", "cells_v", 1.03),
        ("energy_gap_pct", "jbd", "current_a", 0.8),
        ("energy_gap_pct", "vesc", "energy_out_wh", 1.25),
        ("soc_gap_pct", "vedirect", "soc_pct", 0.8),
    ],
)
def test_a_device_that_lies_is_told(quantity: str, source: str, lies: str, factor: float) -> None:
    def lie(name: str, values: dict[str, Value]) -> dict[str, Value]:
        if name != source or lies not in values:
            return values
        said = values[lies]
        assert isinstance(said, float | int | tuple)
        if isinstance(said, tuple):
            return values | {lies: tuple(float(item) * factor for item in said)}
        return values | {lies: said * factor}

    gap = checked(lie)[quantity]
    assert isinstance(gap, float)
    assert abs(gap) > LIMITS[quantity]
