"""Seq ranges as the depot keeps them: which of a log are accounted for, and up to where all are."""

import sqlite3
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
#: Of a log: a span that is accounted for. Columns are named, for later code may have added some.
INSERT = "INSERT INTO coverage (log_id, first, last) VALUES (?, ?, ?)"


def cover(connection: sqlite3.Connection, log_id: int, first: int, last: int) -> list[Span]:
    """Adds a range to a log's coverage; gives the parts of it that were not covered before."""
    touched = touching(connection, log_id, first - 1, last + 1)
    if len(touched) == 1 and touched[0][0] <= first:  # as nearly always
        [(low, high)] = touched
        if last <= high:
            return []
        connection.execute(
            "UPDATE coverage SET last = ? WHERE log_id = ? AND first = ?", (last, log_id, low)
        )
        return [(high + 1, last)]
    connection.executemany(
        "DELETE FROM coverage WHERE log_id = ? AND first = ?",
        [(log_id, low) for low, _ in touched],
    )
    merged = (min([first, *(low for low, _ in touched)]), max([last, *(h for _, h in touched)]))
    connection.execute(INSERT, (log_id, *merged))
    return list(without([(first, last)], touched))


def touching(connection: sqlite3.Connection, log_id: int, first: int, last: int) -> list[Span]:
    """The spans of a log's coverage that reach into this one, ascending."""
    found = []
    for low, high in connection.execute(
        "SELECT first, last FROM coverage WHERE log_id = ? AND first <= ? ORDER BY first DESC",
        (log_id, last),
    ):
        if high < first:  # and so is every one before it, for they are disjoint
            break
        found.append((low, high))
    return found[::-1]


def mark(connection: sqlite3.Connection, log_id: int) -> int:
    """The seq up to which everything of the log is accounted for; 0 when nothing is."""
    row = connection.execute(
        "SELECT last FROM coverage WHERE log_id = ? AND first <= 1", (log_id,)
    ).fetchone()
    return int(row[0]) if row else 0


def without(spans: Iterable[Span], taken: Iterable[Span]) -> Iterator[Span]:
    """The parts of `spans` that no span of `taken` holds; both ascending and disjoint."""
    rest = iter(taken)
    held = next(rest, None)
    for first, last in spans:
        while first <= last:
            while held and held[1] < first:
                held = next(rest, None)
            if not held or held[0] > last:
                yield first, last
                break
            if held[0] > first:
                yield first, held[0] - 1
            first = held[1] + 1


def runs(seqs: Iterable[int]) -> Iterator[Span]:
    """Ascending seqs as spans of neighbours."""
    first = last = None
    for seq in seqs:
        if first is None or last is None:
            first = last = seq
        elif seq == last + 1:
            last = seq
        else:
            yield first, last
            first = last = seq
    if first is not None and last is not None:
        yield first, last
