"""How long a unit can do without its depot: what would wait, where, and what it costs to send.

Nothing is assumed but the link's speed: how much a unit records, how large that is aboard and on
the way, is measured in its own journal.
"""

from dataclasses import dataclass

from triporteur_device.journal import JournalReader, Stretch
from triporteur_wire.envelope import pack

#: A 4G link at the edge of a cell.
LINK_BIT_S = 100_000
_SAMPLE_RECORDS = 500
_HOUR_MS = 3_600_000
#: The oldest telemetry is thinned when the budget is reached; SQLite's pages are never quite full.
_FULL = 0.95


@dataclass(frozen=True, slots=True)
class Plan:
    """`hours` without the depot, by what the last `measured_h` hours aboard were like.

    `thinned_after_h` is when the journal's budget would be reached, from now on; None is never.
    `send_s` is how long what waits then takes a link of LINK_BIT_S at the unit's share of it.
    """

    hours: float
    measured_h: float
    records_per_h: float
    records: int
    card_bytes: int
    wire_bytes: int
    thinned_after_h: float | None
    send_s: float


class TooYoung(RuntimeError):
    """The journal is too short to foretell anything."""


def foretell(
    journal: JournalReader, hours: float, used_bytes: int, budget_bytes: int, share: float
) -> Plan:
    """The plan for `hours` from now on. Raises TooYoung under ten minutes of records."""
    found = journal.extent()
    measured_h = found.span_ms / _HOUR_MS
    if measured_h < 1 / 6:
        raise TooYoung("the journal holds less than ten minutes of records; ask again later")
    records_per_h = found.records / measured_h
    records = round(records_per_h * hours)
    card_bytes = used_bytes / max(1, found.all_records)
    wire_bytes = round(records * _wire_bytes(journal))
    left_bytes = max(0.0, budget_bytes * _FULL - used_bytes)
    per_h = card_bytes * records_per_h
    return Plan(
        hours,
        measured_h,
        records_per_h,
        records,
        round(card_bytes * records),
        wire_bytes,
        left_bytes / per_h if per_h else None,
        wire_bytes * 8 / (LINK_BIT_S * share),
    )


def _wire_bytes(journal: JournalReader) -> float:
    """What a record takes on the way: the newest ones, packed as they would be."""
    newest = max(journal.logs(), key=lambda log: log.last_seq)
    after = max(0, newest.last_seq - _SAMPLE_RECORDS)
    batch = journal.batch(Stretch(newest.log, after, _SAMPLE_RECORDS))
    return len(pack(batch)) / len(batch.records) if batch and batch.records else 0.0
