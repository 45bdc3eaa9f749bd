"""When records were made: at an instant, or between two.

A record knows the time since its boot. Anchors say what UTC it was at an instant of a boot; what
NTP or the depot said is certain within its error, and of several the one with the smallest error
counts. A boot without such an anchor began

- after the last record of any boot before it on the same card, and
- before the next boot's start, and before its own records were seen by whoever knows the time,

which is all that is certain of it. What a unit's own clock said is no certainty: it may be a time
of long ago, kept over a power cut. It is taken for the instant when everything it said of the
boot agrees, with itself and with what is certain, and between what bounds that may be wrong is
said all the same.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

#: Who is believed; every other origin of an anchor is a guess.
CERTAIN = frozenset({"ntp", "depot"})
#: How much faster or slower than time the clock since boot may run; crystals keep to half of it.
DRIFT_PPM = 100
#: Each card counts its boots up from a thousand of its own.
_ANOTHER_CARD = 1_000
#: The last instant that a calendar of four digits has.
_LAST_DATE_MS = 253_402_300_799_999


class Anchored(NamedTuple):
    """At `mono_ms` since boot it was `utc_ms`, give or take `error_ms`."""

    mono_ms: int
    utc_ms: int
    error_ms: int

    @property
    def start_ms(self) -> int:
        return self.utc_ms - self.mono_ms

    def agrees(self, other: "Anchored") -> bool:
        apart_ms = abs(self.start_ms - other.start_ms)
        within_ms = self.error_ms + other.error_ms + _drift_ms(self.mono_ms - other.mono_ms)
        return apart_ms <= within_ms


class When(NamedTuple):
    """UTC of a record: an instant, if one is known, and between what it certainly lies.

    Each is None where it is not known.
    """

    utc_ms: int | None
    not_before_ms: int | None
    not_after_ms: int | None


@dataclass(frozen=True, slots=True)
class Boot:
    """One boot of a unit, whose last record is of `last_mono_ms`.

    It began between `earliest_ms` and `latest_ms`, each None where not known; `anchor` says when,
    if anything does, and `is_certain` that it does so within its error.
    """

    last_mono_ms: int
    anchor: Anchored | None = None
    is_certain: bool = False
    earliest_ms: int | None = None
    latest_ms: int | None = None

    @property
    def start_ms(self) -> int | None:
        """What to add to `mono_ms` to get UTC, or None while there is no instant to give."""
        return self.anchor.start_ms if self.anchor else None

    def at(self, mono_ms: int) -> When:
        utc_ms = mono_ms + self.anchor.start_ms if self.anchor else None
        if self.anchor and self.is_certain:
            error_ms = self.anchor.error_ms + _drift_ms(mono_ms - self.anchor.mono_ms)
            at_ms = mono_ms + self.anchor.start_ms
            return When(_dated(utc_ms), _dated(at_ms - error_ms), _dated(at_ms + error_ms))
        slack_ms = _drift_ms(max(mono_ms, self.last_mono_ms))
        return When(
            _dated(utc_ms),
            _dated(later(self.earliest_ms, mono_ms - slack_ms)),
            _dated(later(self.latest_ms, mono_ms + slack_ms)),
        )

    @property
    def ended_after_ms(self) -> int | None:
        return self.at(self.last_mono_ms).not_before_ms

    @property
    def began_before_ms(self) -> int | None:
        return self.at(0).not_after_ms


#: What a card's boots are known by, each by its number.
Boots = dict[int, Boot]


def bounded(seen: Boots) -> Boots:
    """The boots, in ascending order, each between those before and after it on the same card."""
    found: Boots = {}
    for card in _cards(seen):
        floor_ms = None
        for boot_no in card:
            found[boot_no] = replace(seen[boot_no], earliest_ms=floor_ms)
            floor_ms = _latest(floor_ms, found[boot_no].ended_after_ms)
        ceiling_ms = None
        for boot_no in reversed(card):
            boot = found[boot_no]
            before_next_ms = later(ceiling_ms, -boot.last_mono_ms + _drift_ms(boot.last_mono_ms))
            boot = _sound(replace(boot, latest_ms=_earliest(boot.latest_ms, before_next_ms)))
            found[boot_no] = boot
            ceiling_ms = _earliest(ceiling_ms, boot.began_before_ms)
    return found


def _cards(seen: Boots) -> list[list[int]]:
    """The boot numbers, ascending, those of each card apart."""
    cards: list[list[int]] = []
    for boot_no in seen:
        if cards and boot_no - cards[-1][-1] < _ANOTHER_CARD:
            cards[-1].append(boot_no)
        else:
            cards.append([boot_no])
    return cards


def _sound(boot: Boot) -> Boot:
    """Bounds that contradict each other say nothing: some clock was wrong."""
    if boot.earliest_ms is None or boot.latest_ms is None or boot.earliest_ms <= boot.latest_ms:
        return boot
    return replace(boot, earliest_ms=None, latest_ms=None)


def guessed(boot: Boot, said: list[Anchored]) -> Boot:
    """The boot with what the unit's own clock said of it, the smallest error first, if it fits."""
    best = said[0]
    if not all(best.agrees(other) for other in said):
        return boot
    within_ms = best.error_ms + _drift_ms(boot.last_mono_ms)
    is_early = boot.earliest_ms is not None and best.start_ms + within_ms < boot.earliest_ms
    is_late = boot.latest_ms is not None and best.start_ms - within_ms > boot.latest_ms
    return boot if is_early or is_late else replace(boot, anchor=best)


def _drift_ms(span_ms: int) -> int:
    return -(-abs(span_ms) * DRIFT_PPM // 1_000_000)


def _dated(utc_ms: int | None) -> int | None:
    """None for what no calendar has: a unit that says so knows no time."""
    return utc_ms if utc_ms is not None and 0 <= utc_ms <= _LAST_DATE_MS else None


def later(one: int | None, other: int) -> int | None:
    """An instant moved by so many ms; None stays unknown."""
    return None if one is None else one + other


def _latest(*instants_ms: int | None) -> int | None:
    return max((at_ms for at_ms in instants_ms if at_ms is not None), default=None)


def _earliest(*instants_ms: int | None) -> int | None:
    return min((at_ms for at_ms in instants_ms if at_ms is not None), default=None)
