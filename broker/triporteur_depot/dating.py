"""When records were made: at an instant, or between two.

A record knows the time since its boot. Anchors say what UTC it was at an instant of a boot; what
NTP or the depot said is certain within its error, and of several the one with the smallest error
counts. A boot without such an anchor began

- after the last record of any boot before it on the same card, and
- before the next boot's start, and before its own records came to the depot,

which is all that is certain of it. What a unit's own clock said is no certainty: it may be a time
of long ago, kept over a power cut. It is taken for the instant when everything it said of the
boot agrees, with itself and with what is certain, and between what bounds that may be wrong is
said all the same.

The depot's own clock is taken to be right within a second.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

#: How much faster or slower than time the clock since boot may run; crystals keep to half of it.
DRIFT_PPM = 100
_DEPOT_ERROR_MS = 1_000
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
            _dated(_sum(self.earliest_ms, mono_ms - slack_ms)),
            _dated(_sum(self.latest_ms, mono_ms + slack_ms)),
        )

    @property
    def ended_after_ms(self) -> int | None:
        return self.at(self.last_mono_ms).not_before_ms

    @property
    def began_before_ms(self) -> int | None:
        return self.at(0).not_after_ms


#: What a card's boots are known by, each by its number.
Boots = dict[int, Boot]


def certain(connection: sqlite3.Connection, unit_id: int) -> Boots:
    """The boots with a certain anchor; of these nothing but `at` an instant is asked."""
    # With min(), SQLite takes the other columns from the row that holds the minimum.
    rows = connection.execute(
        """SELECT boot_no, mono_ms, utc_ms, min(error_ms) FROM anchors
        WHERE unit_id = ? AND origin IN ('ntp', 'depot') GROUP BY boot_no""",
        [unit_id],
    )
    return {boot_no: Boot(0, Anchored(*said), is_certain=True) for boot_no, *said in rows}


def boots(connection: sqlite3.Connection, unit_id: int) -> Boots:
    """Every boot of the unit that left a record."""
    known = certain(connection, unit_id)
    rows = connection.execute(
        "SELECT DISTINCT boot_no FROM logs WHERE unit_id = ? AND boot_no IS NOT NULL", [unit_id]
    )
    if all(boot_no in known for (boot_no,) in rows):
        return known
    known = _bounded(_seen(connection, unit_id, known))
    for boot_no, said in _guesses(connection, unit_id):
        if boot_no in known and not known[boot_no].is_certain:
            known[boot_no] = _guessed(known[boot_no], said)
    return known


def _seen(connection: sqlite3.Connection, unit_id: int, known: Boots) -> Boots:
    """All boots with what their own records say of them."""
    rows = connection.execute(
        """SELECT boot_no, max(coalesce((SELECT mono_ms FROM records WHERE log_id = logs.id
            ORDER BY seq DESC LIMIT 1), 0)), min(latest_start_utc_ms)
        FROM logs WHERE unit_id = ? AND boot_no IS NOT NULL GROUP BY boot_no ORDER BY boot_no""",
        [unit_id],
    )
    return {
        boot_no: replace(
            known.get(boot_no, Boot(0)),
            last_mono_ms=last_mono_ms,
            latest_ms=_sum(latest_ms, _DEPOT_ERROR_MS),
        )
        for boot_no, last_mono_ms, latest_ms in rows
    }


def _bounded(seen: Boots) -> Boots:
    """The boots, in order, each between those before and after it on the same card."""
    found: Boots = {}
    for card in _cards(seen):
        floor_ms = None
        for boot_no in card:
            found[boot_no] = replace(seen[boot_no], earliest_ms=floor_ms)
            floor_ms = _latest(floor_ms, found[boot_no].ended_after_ms)
        ceiling_ms = None
        for boot_no in reversed(card):
            boot = found[boot_no]
            before_next_ms = _sum(ceiling_ms, -boot.last_mono_ms + _drift_ms(boot.last_mono_ms))
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


def _guesses(connection: sqlite3.Connection, unit_id: int) -> Iterable[tuple[int, list[Anchored]]]:
    """What units' own clocks said of each boot, the smallest error first."""
    rows = connection.execute(
        """SELECT boot_no, mono_ms, utc_ms, error_ms FROM anchors
        WHERE unit_id = ? AND origin NOT IN ('ntp', 'depot') ORDER BY boot_no, error_ms, mono_ms""",
        [unit_id],
    )
    for boot_no, group in groupby(rows, lambda row: row[0]):
        yield boot_no, [Anchored(*said) for _, *said in group]


def _guessed(boot: Boot, said: list[Anchored]) -> Boot:
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


def _sum(one: int | None, other: int) -> int | None:
    return None if one is None else one + other


def _latest(*instants_ms: int | None) -> int | None:
    return max((at_ms for at_ms in instants_ms if at_ms is not None), default=None)


def _earliest(*instants_ms: int | None) -> int | None:
    return min((at_ms for at_ms in instants_ms if at_ms is not None), default=None)
