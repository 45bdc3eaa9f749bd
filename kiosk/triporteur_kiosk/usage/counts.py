"""How often each thing was used since the last record: a few numbers in RAM."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

from triporteur_wire.usage import PEAK_STATIONS, added_up


class Counts:
    """Counts words, from any thread. Never waits for a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, word: str, number: int = 1) -> None:
        with self._lock:
            self._counts[word] += number

    def stations(self, number: int) -> None:
        """So many phones are on the Wi-Fi; the most is what counts."""
        with self._lock:
            self._counts[PEAK_STATIONS] = max(self._counts[PEAK_STATIONS], number)

    def take(self) -> dict[str, int]:
        """What was counted since it was last taken; it then begins at nothing."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return dict(+taken)

    def give_back(self, taken: Mapping[str, int]) -> None:
        """Adds what was taken and could not be kept."""
        with self._lock:
            self._counts = Counter(added_up((self._counts, taken)))
