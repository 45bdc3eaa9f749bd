"""What was heard on one line since the agent started: counted, and never forgotten."""

from collections import Counter
from collections.abc import Mapping

from triporteur_device.protocols import BadPayload, Discarded, Event, Fault, Frame, ProtocolSpec
from triporteur_wire.messages import SourceHealth
from triporteur_wire.quantities import Value

#: What cannot stay the same while current flows.
_MOVES = frozenset(
    {"pack_voltage_v", "input_voltage_v", "current_a", "cells_v", "remaining_ah", "consumed_ah"}
)
#: Payloads that a device which is stuck may go round in: its answers to all questions.
_ROUND = 32
_UNCOUNTED = frozenset({Fault.NOISE, Fault.ECHO})

Values = Mapping[str, Value]


class Hearing:
    """Counts frames and refusals, and notes when something was last heard, and last moved."""

    def __init__(self, spec: ProtocolSpec) -> None:
        self._spec = spec
        self._frames = 0
        self._refused = 0
        self._discarded: Counter[str] = Counter()
        self._heard_ms: int | None = None
        self._round: set[tuple[str, bytes]] = set()
        #: When a frame about the battery last differed from those before it; None before the first.
        self.moved_ms: int | None = None

    def take(self, event: Event, now_ms: int) -> Values | None:
        """The values of a good frame; None for what had to be refused."""
        if isinstance(event, Discarded):
            self._discarded[event.fault] += len(event.raw)
            self._refused += event.fault not in _UNCOUNTED
            return None
        try:
            values = self._spec.reading(event).values
        except BadPayload:
            self._refused += 1
            self._discarded[Fault.PAYLOAD] += len(event.raw)
            return None
        self._frames += 1
        self._heard_ms = now_ms
        if not _MOVES.isdisjoint(values):
            self._compare(event, now_ms)
        return values

    def health(self, now_ms: int, missed_polls: int, doubts: tuple[str, ...]) -> SourceHealth:
        heard = self._heard_ms
        return SourceHealth(
            protocol=self._spec.name,
            heard_age_s=None if heard is None else (now_ms - heard) / 1000,
            frames=self._frames,
            refused=self._refused,
            discarded=dict(self._discarded),
            missed_polls=missed_polls,
            doubts=doubts,
        )

    def _compare(self, frame: Frame, now_ms: int) -> None:
        said = (frame.kind, frame.payload)
        if said in self._round:
            return
        if len(self._round) >= _ROUND:
            self._round.clear()
        self._round.add(said)
        self.moved_ms = now_ms
