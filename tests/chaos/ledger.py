"""The second witness: what was produced, written down beside the journal by code of its own.

One line is one write(2) to a file in RAM: it outlives the process that is killed, and knows
nothing of SQLite, fsync or acknowledgements.

    A log seq kind boot_no mono_ms sha256 .   appended
    C log seq at_ns .                         a commit up to seq returned
    M log seq at_ns .                         the depot's mark reached the unit
"""

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from triporteur_device.journal import JournalWriter
from triporteur_wire.messages import Ack
from triporteur_wire.records import Body, kind_of

Key = tuple[str, int]
#: Seq and when.
_Moment = tuple[int, int]
_ENCODE = msgspec.json.Encoder().encode
_WHOLE = "."


class Entry(NamedTuple):
    """What a record must be wherever it is found."""

    kind: str
    boot_no: int
    mono_ms: int
    digest: str


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


class Ledger:
    """The writing end."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._file, b"\n")  # ends a line that a death may have cut short

    def write(self, *words: object) -> None:
        os.write(self._file, (" ".join(map(str, [*words, _WHOLE])) + "\n").encode())


class WitnessedWriter(JournalWriter):
    """The real writer, each of whose answers is written down once it is given."""

    def __init__(self, ledger: Ledger, synchronous: str, *arguments: object) -> None:
        self._ledger = ledger
        self._seen_to = 0
        self._said_to = 0
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._connection.execute(f"PRAGMA synchronous = {synchronous}")

    def append(self, mono_ms: int, body: Body) -> int:
        seq = super().append(mono_ms, body)
        entry = Entry(kind_of(body), self._boot_no, mono_ms, digest(_ENCODE(body)))
        self._ledger.write("A", self.log, seq, *entry)
        self._seen_to = seq
        return seq

    def commit(self) -> None:
        super().commit()
        self._note_committed()

    def close(self) -> None:
        super().close()
        self._note_committed()

    def _note_committed(self) -> None:
        if self._seen_to > self._said_to:
            self._said_to = self._seen_to
            self._ledger.write("C", self.log, self._seen_to, time.monotonic_ns())

    def acknowledge(self, ack: Ack) -> None:
        super().acknowledge(ack)
        for log, seq in ack.marks.items():
            self._ledger.write("M", log, seq, time.monotonic_ns())


@dataclass(slots=True)
class Produced:
    """What one ledger says: of one journal. `begun` are its logs, in that order."""

    appended: dict[Key, Entry] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    commits: dict[str, list[_Moment]] = field(default_factory=lambda: defaultdict(list))
    marks: dict[str, list[_Moment]] = field(default_factory=lambda: defaultdict(list))

    def committed_keys(self) -> Iterator[Key]:
        return (key for key in self.appended if key[1] <= self.committed.get(key[0], 0))

    def until(self, told: Callable[[str], int]) -> "Produced":
        """The same, as if nothing had been committed in a log beyond what was told of it."""
        committed = {log: min(seq, told(log)) for log, seq in self.committed.items()}
        return replace(self, committed=committed)

    def delays_s(self) -> Iterator[float]:
        """From each commit until its unit knew it stored; one that it never learnt is left out."""
        for log, commits in self.commits.items():
            yield from _waits_s(commits, iter(self.marks[log]))


def _waits_s(commits: list[_Moment], marks: Iterator[_Moment]) -> Iterator[float]:
    mark, told_ns = 0, 0
    for seq, at_ns in commits:
        while mark < seq or told_ns < at_ns:
            told = next(marks, None)
            if told is None:
                return
            mark, told_ns = told
        yield (told_ns - at_ns) / 1e9


class Reading:
    """The reading end: each call of `produced` takes in what was written since the last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_bytes = 0
        self._produced = Produced()

    def produced(self) -> Produced:
        """What every whole line says, up to now."""
        if not self._path.exists():
            return self._produced
        with self._path.open("rb") as file:
            file.seek(self._read_bytes)
            news = file.read()
        news = news[: news.rfind(b"\n") + 1]
        self._read_bytes += len(news)
        for line in news.decode().splitlines():
            words = line.split(" ")
            if words[-1] == _WHOLE:
                _take(self._produced, *words[:-1])
        return self._produced


def _take(produced: Produced, what: str, log: str, number: str, *rest: str) -> None:
    seq = int(number)
    match what:
        case "A":
            kind, boot_no, mono_ms, found = rest
            produced.appended[log, seq] = Entry(kind, int(boot_no), int(mono_ms), found)
            if seq == 1:
                produced.begun.append(log)
        case "C":
            produced.committed[log] = seq
            produced.commits[log].append((seq, int(rest[0])))
        case _:
            produced.marks[log].append((seq, int(rest[0])))
