"""Alarm bits as most boards send them."""

from collections.abc import Sequence

from triporteur_wire.alarms import Alarm


def from_bits(bits: int, words: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """The alarms of a bit mask, bit 0 first; bits beyond the words give `Alarm.OTHER`, once."""
    known = tuple(word for bit, word in enumerate(words) if bits >> bit & 1)
    return (*known, Alarm.OTHER) if bits >> len(words) else known
