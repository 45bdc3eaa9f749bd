"""Whether another depot of the same name takes this one's place, and how long to stay away then."""

import random
import time
from collections.abc import Callable

#: Two depots of one name meet ever more rarely: each changes which memory units are told of.
_SOONEST_RETURN_S, _LONGEST_RETURN_S = 60, 600
#: A broker that ends two connections in a row without a word, each as young as this, gives our
#: name to somebody else.
_YOUNG_S = 60.0
#: After a connection as long as this, earlier quarrels are over.
_LONG_S = 3_600.0


class Rivalry:
    """Told of every connection's start and end."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._connected_s = -_YOUNG_S
        self._cut_short = 0
        self._returns = 0

    def connected(self) -> None:
        self._connected_s = self._monotonic_s()

    def unreachable(self) -> None:
        """Nobody answers: then nobody was let in before us."""
        self._cut_short = 0

    def ended(self, *, taken_over: bool, silent: bool) -> int | None:
        """For how many seconds to stay away, or None: nobody seems to have taken our place.

        `taken_over` says that the broker said so, `silent` that it said nothing.
        """
        lasted_s = self._monotonic_s() - self._connected_s
        self._cut_short = self._cut_short + 1 if silent and lasted_s < _YOUNG_S else 0
        if lasted_s >= _LONG_S:
            self._returns = 0
        if not taken_over and self._cut_short < 2:
            return None
        self._returns += 1
        return return_s(self._returns - 1)


def return_s(times: int) -> int:
    """How long to stay away after being replaced once more than `times`."""
    wait_s = min(_SOONEST_RETURN_S << min(times, 10), _LONGEST_RETURN_S)
    return wait_s + random.randint(0, wait_s // 4)  # noqa: S311 - no secret
