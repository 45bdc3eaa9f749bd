"""What a unit asks the depot now and then: each errand knows when, and what to do with the answer.

A question is sent once, on the connection there is; without an answer the errand asks again.
"""

import logging
from collections.abc import Iterator
from typing import Protocol

from triporteur_wire.reading import Unreadable
from triporteur_wire.topics import Verb

_log = logging.getLogger(__name__)


class Errand(Protocol):
    """One kind of question. Called in the publisher's thread only; times are monotonic ms."""

    @property
    def verb(self) -> Verb:
        """What is asked."""

    def connected(self) -> None:
        """The connection is new: the broker may have kept an answer, or lost the question."""

    def due(self, mono_ms: int) -> bytes | None:
        """The question to send now, or None."""

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes an answer of its verb. Raises Unreadable."""


class Errands:
    """All that this unit asks."""

    def __init__(self) -> None:
        self._errands: dict[Verb, Errand] = {}

    def add(self, errand: Errand) -> None:
        self._errands[errand.verb] = errand

    def connected(self) -> None:
        for errand in self._errands.values():
            errand.connected()

    def due(self, mono_ms: int) -> Iterator[tuple[Verb, bytes]]:
        """The questions to send now."""
        for verb, errand in self._errands.items():
            question = errand.due(mono_ms)
            if question is not None:
                yield verb, question

    def answered(self, name: str, payload: bytes, mono_ms: int) -> None:
        """Hands an answer to whoever asked; one that cannot be read is noted, and passed over."""
        errand = self._errands.get(Verb(name)) if name in set(Verb) else None
        if errand is None:
            return
        try:
            errand.answered(payload, mono_ms)
        except Unreadable as error:
            _log.warning("depot: an answer about %s cannot be read (%s); ignored", name, error)
