"""The order of questions, for devices that only answer: one in flight, in rounds."""

from collections.abc import Mapping
from math import inf

from triporteur_device.protocols.base import Frame

#: One round of questions a second; state of charge and cells move no faster.
ROUND_S = 1.0
#: An answer lasts 40 ms at 9600 baud and boards pause for more than 50 ms within; then it is lost.
ANSWER_TIMEOUT_S = 0.5


class RoundPoller:
    """Asks everything once a round, and some things until they were answered once.

    Both mappings go from the kind of frame that answers to the request.
    """

    def __init__(self, each_round: Mapping[str, bytes], once: Mapping[str, bytes]) -> None:
        self._each_round = each_round
        self._once = dict(once)
        self._queue: list[tuple[str, bytes]] = []
        self._next_round_s = -inf
        self._awaited = ""
        self._patience_ends_s = -inf

    def next_request(self, now_s: float) -> bytes | None:
        if self._awaited and now_s < self._patience_ends_s:
            return None
        if not self._queue:
            if now_s < self._next_round_s:
                return None
            self._next_round_s = now_s + ROUND_S
            self._queue = [*self._each_round.items(), *self._once.items()]
        self._awaited, request = self._queue.pop(0)
        self._patience_ends_s = now_s + ANSWER_TIMEOUT_S
        return request

    def received(self, frame: Frame, now_s: float) -> None:
        """Notes an answer: even a refusal ends the wait, and is not asked for again."""
        self._once.pop(frame.kind, None)
        if frame.kind == self._awaited:
            self._awaited = ""
