"""The journal: append-only logs of records in one SQLite file, with one writing process.

Every opening by the writer starts a new log, so that (log, seq) never repeats, even on a card
that lies. What the depot has not acknowledged lies beyond a log's mark; there is no other outbox.
"""

from triporteur_device.journal.marks import merged
from triporteur_device.journal.opening import highest_boot, is_damage
from triporteur_device.journal.reader import JournalReader, LogState, Stretch
from triporteur_device.journal.unkept import NOTHING, Unkept
from triporteur_device.journal.writer import JournalWriter

__all__ = [
    "NOTHING",
    "JournalReader",
    "JournalWriter",
    "LogState",
    "Stretch",
    "Unkept",
    "highest_boot",
    "is_damage",
    "merged",
]
