"""How often each thing was used since the last record: a few numbers in RAM."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock


class Counts:
    """Counts words, from any thread. Never waits for a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, word: str) -> None:
        with self._lock:
            self._counts[word] += 1

    def take(self) -> dict[str, int]:
        """What was counted since it was last taken; it then begins at nothing."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return dict(taken)

    def give_back(self, taken: Mapping[str, int]) -> None:
        """Adds what was taken and could not be kept."""
        with self._lock:
            self._counts.update(taken)
