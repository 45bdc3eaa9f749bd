"""The cells of a pack against its voltage, both as one board says them.

More than 2 % apart, one of the two is false: a sense wire off, a frame put together wrongly. Under
way a pack sags by 10 % within seconds (13S ride captured by Jakeler/bms-parser: 50.25 V to 44.90 V
at 12.8 A), and a board answers for its cells after it has answered for the pack. So a gap counts
only as far as it lasts: of the last pairs, the smallest.
"""

from collections import deque
from dataclasses import dataclass, field

from triporteur_device.checks.readings import Readings, Values, number, percent_more

#: Boards answer all questions within a round of one second.
TOGETHER_S = 1.0
#: Pairs of readings, one a second, that must agree on a gap.
PAIRS = 5


@dataclass(slots=True)
class _Board:
    """When its last pair was taken (voltage, cells), and the gaps of the last pairs."""

    taken_ms: tuple[int, int]
    gaps: deque[float] = field(default_factory=lambda: deque(maxlen=PAIRS))


class CellsGap:
    """The gap of every board that gives both cells and voltage."""

    def __init__(self) -> None:
        self._boards: dict[str, _Board] = {}

    def look(self, readings: Readings, now_ms: int) -> float | None:
        """The widest lasting gap, in %; positive when the cells add up to more than the pack.

        None while no source gives both, and for its first PAIRS readings.
        """
        for source, values in readings.items():
            self._note(source, values, now_ms)
        lasting = [
            min(board.gaps, key=abs) for board in self._boards.values() if len(board.gaps) == PAIRS
        ]
        return max(lasting, key=abs, default=None)

    def _note(self, source: str, values: Values, now_ms: int) -> None:
        pack_v, cells_v = number(values, "pack_voltage_v"), _sum(values)
        if not pack_v or cells_v is None:
            self._boards.pop(source, None)
            return
        ages_s = values["pack_voltage_v"].age_s, values["cells_v"].age_s
        taken_ms = now_ms - round(ages_s[0] * 1000), now_ms - round(ages_s[1] * 1000)
        board = self._boards.setdefault(source, _Board((-1, -1)))
        is_new = all(now > before for now, before in zip(taken_ms, board.taken_ms, strict=True))
        if is_new and abs(ages_s[0] - ages_s[1]) <= TOGETHER_S:
            board.taken_ms = taken_ms
            board.gaps.append(percent_more(cells_v, pack_v))


def _sum(values: Values) -> float | None:
    found = values.get("cells_v")
    if found is None or not isinstance(found.value, tuple) or not found.value:
        return None
    return sum(cell for cell in found.value if not isinstance(cell, str))
