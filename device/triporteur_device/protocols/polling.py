"""The order of questions, for devices that only answer: one in flight, in rounds."""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType

from triporteur_device.protocols.base import Frame

#: One round of questions a second; state of charge and cells move no faster.
ROUND_S = 1.0
#: An answer lasts 40 ms at 9600 baud and boards pause for more than 50 ms within; then it is lost.
ANSWER_TIMEOUT_S = 0.5
#: Some boards never answer to some questions: asked each round, they would cost every round.
AGAIN_S = 60.0


class RoundPoller:
    """Asks everything once a round, and some things until they were answered once.

    Args:
        each_round: From the kind of frame that answers to the request, in the order of asking.
        once: The same, for what does not change: asked again each minute until it is answered.
        gap_s: Silence a board needs between an answer and the next question.
        needs: From the kind of an answer to the kind it means nothing without: that one must have
            come before the question goes out.
    """

    def __init__(
        self,
        each_round: Mapping[str, bytes],
        once: Mapping[str, bytes],
        *,
        gap_s: float = 0.0,
        needs: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._each_round = each_round
        self._once = dict(once)
        self._gap_s = gap_s
        self._needs = needs
        self._missing = set(needs.values())
        self._queue: list[tuple[str, bytes]] = []
        self._next_round_s = self._next_once_s = -inf
        self._awaited = ""
        self._quiet_until_s = -inf

    def next_request(self, now_s: float) -> bytes | None:
        if now_s < self._quiet_until_s:
            return None
        if not self._queue and now_s >= self._next_round_s:
            self._next_round_s = now_s + ROUND_S
            self._queue = [*self._each_round.items(), *self._once_more(now_s)]
        while self._queue:
            self._awaited, request = self._queue.pop(0)
            if self._needs.get(self._awaited) not in self._missing:
                self._quiet_until_s = now_s + ANSWER_TIMEOUT_S
                return request
        return None

    def _once_more(self, now_s: float) -> list[tuple[str, bytes]]:
        if now_s < self._next_once_s:
            return []
        self._next_once_s = now_s + AGAIN_S
        return list(self._once.items())

    def received(self, frame: Frame, now_s: float) -> None:
        """Notes an answer: even a refusal ends the wait, and is not asked for again."""
        self._once.pop(frame.kind, None)
        self._missing.discard(frame.kind)
        if frame.kind == self._awaited:
            self._awaited = ""
        if not self._awaited:
            self._quiet_until_s = now_s + self._gap_s
