"""How well the serial lines carry what is said: the share of refused frames, of late."""

from collections.abc import Mapping
from itertools import islice

from triporteur_wire.messages import SourceHealth

_EVERY_MS = 60_000
#: A loose plug shows within minutes, and one burst is forgotten as soon.
_MINUTES = 10
#: Fewer frames say nothing of a share.
_LEAST_FRAMES = 100

_Counts = dict[str, tuple[int, int]]


class Lines:
    """Remembers what was counted over the last minutes."""

    def __init__(self) -> None:
        self._past: list[tuple[int, _Counts]] = []

    def refused_ratio(self, sources: Mapping[str, SourceHealth], now_ms: int) -> float | None:
        """The worst line's share of refused frames; None while no line carried enough."""
        now = {name: (health.frames, health.refused) for name, health in sources.items()}
        if not self._past or now_ms - self._past[-1][0] >= _EVERY_MS:
            newest = islice(reversed(self._past), _MINUTES - 1)
            self._past = [*reversed(list(newest)), (now_ms, now)]
        before = self._past[0][1]
        shares = (_share(before.get(name, (0, 0)), counts) for name, counts in now.items())
        return max((share for share in shares if share is not None), default=None)


def _share(before: tuple[int, int], now: tuple[int, int]) -> float | None:
    good, refused = now[0] - before[0], now[1] - before[1]
    return refused / (good + refused) if good + refused >= _LEAST_FRAMES else None
