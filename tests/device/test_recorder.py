from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.recorder import Recorder
from triporteur_wire.quantities import Value, moved
from triporteur_wire.records import Telemetry

HEARTBEAT_MS = 60_000

seconds = st.integers(100, 20_000)
readings = st.fixed_dictionaries(
    {},
    optional={
        "current_a": st.floats(-50, 50),
        "soc_pct": st.integers(0, 100),
        "cells_v": st.lists(st.floats(3, 4.2), min_size=1, max_size=3).map(tuple),
        "charge_fet": st.booleans(),
        "alarms": st.sampled_from([(), ("short_circuit",)]),
    },
)


def held(records: list[tuple[int, Telemetry]], until_ms: int) -> dict[str, Value]:
    """The curve as the depot rebuilds it: every value holds until the next record."""
    values: dict[str, Value] = {}
    for mono_ms, record in records:
        if mono_ms <= until_ms:
            for name, value in record.values.items():
                if value is None:
                    values.pop(name)
                else:
                    values[name] = value
    return values


@given(st.lists(st.tuples(seconds, readings), max_size=40))
def test_the_rebuilt_curve_stays_within_the_dead_band_at_every_accepted_sample(
    samples: list[tuple[int, dict[str, Value]]],
) -> None:
    recorder = Recorder(HEARTBEAT_MS)
    now_ms, records = 0, []
    for step_ms, values in samples:
        now_ms += step_ms
        record = recorder.observe("battery", now_ms, values)
        if record:
            records.append((now_ms, record))
        rebuilt = held(records, now_ms)
        assert all(not moved(name, rebuilt[name], value) for name, value in values.items())


def test_a_source_that_does_not_move_costs_one_record_a_heartbeat() -> None:
    recorder = Recorder(HEARTBEAT_MS)
    still: dict[str, Value] = {"current_a": 0.0, "soc_pct": 82}
    taken = [recorder.observe("battery", s * 1000, still) for s in range(600)]
    assert sum(record is not None for record in taken) == 10


def test_quantities_whose_heartbeats_are_near_share_a_record() -> None:
    recorder = Recorder(HEARTBEAT_MS)
    recorder.observe("battery", 0, {"current_a": 0.0})
    recorder.observe("battery", 20_000, {"soc_pct": 82})
    record = recorder.observe("battery", 60_000, {"current_a": 0.0, "soc_pct": 82})
    assert record == Telemetry("battery", {"current_a": 0.0, "soc_pct": 82})


def test_two_sources_are_recorded_apart() -> None:
    recorder = Recorder(HEARTBEAT_MS)
    assert recorder.observe("battery", 0, {"soc_pct": 82})
    assert recorder.observe("shunt", 0, {"soc_pct": 82}) == Telemetry("shunt", {"soc_pct": 82})


def test_what_ended_is_recorded_once_and_its_return_too() -> None:
    recorder = Recorder(HEARTBEAT_MS)
    recorder.observe("battery", 0, {"soc_pct": 82})
    assert recorder.ended("battery", ["soc_pct", "current_a"]) == Telemetry(
        "battery", {"soc_pct": None}
    )
    assert recorder.ended("battery", ["soc_pct"]) is None
    assert recorder.observe("battery", 1000, {"soc_pct": 82}) == Telemetry(
        "battery", {"soc_pct": 82}
    )
