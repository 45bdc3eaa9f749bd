"""What a unit keeps on its card, column by column: the journal, and `boot.json` beside it."""

from triporteur_wire.register import Column

_BUDGET = "until the depot has it and the journal is over its budget; else by hand"
_CURRENT = "until the next value replaces it"
_ORDER = "orders records, and names each one for good"
_DELIVERY = "says which records the depot still needs"

STORED = (
    Column("logs", "id", "number of the log within the file", "orders the logs"),
    Column("logs", "log", "random name of one opening of the file", _ORDER),
    Column("logs", "boot_no", "number of the boot the log was written in", "dates its records"),
    Column("logs", "mark", "seq up to which the depot has the log", _DELIVERY, _CURRENT),
    Column(
        "logs",
        "forgotten_to",
        "seq up to which acknowledged records were deleted",
        "tells a deleted record from a lost one",
    ),
    Column(
        "logs",
        "thinned_to",
        "seq up to which telemetry was thinned, for want of room",
        "thins no record twice",
        _CURRENT,
    ),
    Column(
        "logs",
        "given_up",
        "how many records beyond the mark were dropped",
        "says what the depot will not get",
        _CURRENT,
    ),
    Column(
        "logs",
        "last_seq",
        "seq of the last record; NULL in the log that is being written",
        "says where a log ends, without reading its records",
    ),
    Column(
        "logs",
        "utc_offset_ms",
        "milliseconds to add to mono_ms to get UTC; NULL while unknown",
        "dates its records",
        _CURRENT,
    ),
    Column("records", "log_id", "the log, by its number", _ORDER, _BUDGET),
    Column("records", "seq", "place of the record in its log, from 1", _ORDER, _BUDGET),
    Column(
        "records",
        "kind",
        "what the body is: telemetry, open, anchor, event or loss",
        "says how to read it",
        _BUDGET,
    ),
    Column(
        "records",
        "mono_ms",
        "milliseconds since boot when it was taken",
        "dates the record",
        _BUDGET,
    ),
    Column(
        "records",
        "body",
        "the record: what a battery's device measured, what befell the unit's own parts",
        "is what the journal is for",
        _BUDGET,
    ),
    Column("given_up", "log_id", "the log, by its number", _ORDER, _BUDGET),
    Column("given_up", "first", "first seq of records that were dropped", _DELIVERY, _BUDGET),
    Column("given_up", "last", "last seq of records that were dropped", _DELIVERY, _BUDGET),
    Column("given_up", "reason", "why they were dropped", "explains the gap", _BUDGET),
    Column("meta", "key", "the word `epoch`", "names the value"),
    Column(
        "meta",
        "value",
        "random name of the depot's database that the marks belong to",
        "sends everything again to a depot that was restored",
        _CURRENT,
    ),
    Column("boot.json", "boot_no", "number of the last boot", "numbers the next one", _CURRENT),
    Column(
        "boot.json",
        "boot_id",
        "the kernel's random name of the last boot",
        "tells a new boot from a restarted agent",
        _CURRENT,
    ),
)
