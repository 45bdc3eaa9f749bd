"""What the gate counts becomes the kiosk's counts, once."""

from msgspec.structs import replace

from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.gate_tally import GateTally
from triporteur_wire.gate import GateState

STATE = GateState(
    boottime_ms=0, run="a", hotspot=True, configured="open", access="open", most_stations=19
)


class Gate:
    def __init__(self) -> None:
        self.state: GateState | None = None
        self.counts = Counts()
        self.tally = GateTally(lambda: self.state, self.counts, 60_000)

    def tells(self, state: GateState | None) -> dict[str, int]:
        self.state = state
        self.tally.look()
        return self.counts.take()


def test_what_came_since_the_last_look_is_counted() -> None:
    gate = Gate()
    assert gate.tells(None) == {}
    told = replace(STATE, began_ms=51_000, sessions=3, bytes=1_900_000, stations=7)
    assert gate.tells(told) == {"sessions": 3, "megabytes": 1, "peak_stations": 7}
    told = replace(told, sessions=5, bytes=4_100_000, stations=2)
    assert gate.tells(told) == {"sessions": 2, "megabytes": 3, "peak_stations": 2}
    assert gate.tells(replace(told, stations=None)) == {}


def test_a_gate_that_began_anew_counts_from_nothing() -> None:
    gate = Gate()
    gate.tells(replace(STATE, sessions=9))
    gate.tells(None)
    told = replace(STATE, run="b", began_ms=51_000, sessions=2)
    assert gate.tells(told) == {"sessions": 2}


def test_what_a_gate_counted_before_this_portal_was_counted_by_another() -> None:
    gate = Gate()
    assert gate.tells(replace(STATE, sessions=9, bytes=5_000_000)) == {}
    assert gate.tells(replace(STATE, sessions=10, bytes=5_000_000)) == {"sessions": 1}


def test_a_gate_that_is_late_when_the_portal_begins_is_not_counted_twice() -> None:
    gate = Gate()
    gate.tells(None)
    assert gate.tells(replace(STATE, sessions=120, bytes=5_000_000)) == {}
    gate.tells(None)
    assert gate.tells(replace(STATE, sessions=121, bytes=5_000_000)) == {"sessions": 1}
