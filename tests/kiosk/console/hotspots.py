"""Gates under test: one of each kind."""

from msgspec.structs import replace

from triporteur_wire.gate import GateState

OPEN = GateState(
    boottime_ms=0, run="a", hotspot=True, configured="open", access="open", uplink=True,
    stations=12, most_stations=19, welcomed=3, bytes_left=1_240_999_999,
)  # fmt: skip
CLOSED = replace(OPEN, hotspot=False, access="local", stations=None)
FULL = replace(OPEN, stations=19, full=True)
LOST = replace(OPEN, access="local", because="uplink_lost", uplink=False)
SPENT = replace(OPEN, access="local", because="budget_spent", bytes_left=0)
