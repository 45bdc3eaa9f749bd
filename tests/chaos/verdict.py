"""Comparing what was produced with what the depot holds: depot = produced minus declared.

Each finding is one sentence that names log and seqs; no finding, no loss.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.chaos.ledger import Entry, Key, Produced
from tests.chaos.stored import Declared, Stored


@dataclass(frozen=True, slots=True)
class Verdict:
    """`declared` counts records that were committed, are not at the depot, and are declared."""

    committed: int
    stored: int
    declared: int
    findings: list[str]

    @property
    def holds(self) -> bool:
        return not self.findings


def judge(journals: Sequence[Produced], stored: Stored, excused: Iterable[str] = ()) -> Verdict:
    """The verdict on one unit, from what each of its journals was given.

    `excused` are the reasons that may stand on a declared range: starts of sentences. With none,
    nothing may be declared: a depot that gave up everything would be right otherwise.
    """
    committed = [key for one in journals for key in one.committed_keys()]
    appended = {key: entry for one in journals for key, entry in one.appended.items()}
    absent = [key for key in committed if key not in stored.records]
    declared = _Excuses(stored.declared)
    missing = [key for key in absent if not declared.hold(key)]
    findings = [
        *_told("committed aboard, neither stored nor declared", missing),
        *_told("stored, but never recorded aboard", _foreign(appended, stored)),
        *_told("stored with other content", _altered(appended, stored)),
        *_told("stored under two rows", stored.twice),
        *_told("came twice with different content", stored.conflicts),
        *_told("an undeclared hole below", _holes(stored, declared)),
        *(f"quarantined: {reason}" for reason in stored.quarantined),
        *_unjustified(stored.declared, tuple(excused)),
        *(found for one in journals for found in _disorder(one, stored)),
    ]
    return Verdict(
        len(committed),
        len(stored.records),
        len(absent) - len(missing),
        findings,
    )


class _Excuses:
    def __init__(self, declared: Iterable[Declared]) -> None:
        self._of_log: dict[str, list[Declared]] = defaultdict(list)
        for one in declared:
            self._of_log[one.log].append(one)

    def hold(self, key: Key) -> bool:
        return any(one.holds(key) for one in self._of_log[key[0]])


def _foreign(appended: Mapping[Key, Entry], stored: Stored) -> list[Key]:
    return [key for key in stored.records if key not in appended]


def _altered(appended: Mapping[Key, Entry], stored: Stored) -> list[Key]:
    return [key for key, entry in stored.records.items() if appended.get(key, entry) != entry]


def _holes(stored: Stored, excused: _Excuses) -> list[Key]:
    highest: dict[str, int] = defaultdict(int)
    for log, seq in stored.records:
        highest[log] = max(highest[log], seq)
    below = ((log, seq) for log, last in highest.items() for seq in range(1, last))
    return [key for key in below if key not in stored.records and not excused.hold(key)]


def _unjustified(declared: Iterable[Declared], excused: tuple[str, ...]) -> Iterator[str]:
    for one in declared:
        if not one.reason.startswith(excused or ("\0",)):
            last = "?" if one.last is None else one.last
            yield f"given up without need: {one.log} {one.first}-{last} ({one.reason})"


def _disorder(produced: Produced, stored: Stored) -> Iterator[str]:
    """The order in which the depot tells a journal's records must be that of their recording.

    A journal kept in memory, while the card refused, counts its boots as another card does: where
    it belongs among those of the card is told by its anchors, and by no order.
    """
    place = {log: number for number, log in enumerate(produced.begun)}
    files: dict[int, list[Key]] = defaultdict(list)
    for log, seq in stored.told:
        if log in place and (log, seq) in stored.records:
            files[stored.records[log, seq].boot_no // 1000].append((log, seq))
    for told in files.values():
        yield from _turned_round(produced, place, told)


def _turned_round(produced: Produced, place: dict[str, int], told: list[Key]) -> Iterator[str]:
    for before, after in pairwise([(place[log], seq) for log, seq in told]):
        if after < before:
            yield (
                f"told out of order: {produced.begun[after[0]]} {after[1]} "
                f"comes after {produced.begun[before[0]]} {before[1]}"
            )
            return


def _told(what: str, keys: Iterable[Key]) -> Iterator[str]:
    """One sentence a log, its seqs as ranges."""
    by_log: dict[str, list[int]] = defaultdict(list)
    for log, seq in keys:
        by_log[log].append(seq)
    for log, seqs in by_log.items():
        yield f"{what}: {log} {', '.join(_ranges(sorted(seqs)))}"


def _ranges(seqs: list[int]) -> Iterator[str]:
    first = last = seqs[0]
    for seq in [*seqs[1:], -1]:
        if seq == last + 1:
            last = seq
            continue
        yield str(first) if first == last else f"{first}-{last}"
        first = last = seq
