"""What the kiosk keeps on its card, column by column: the tables of a journal, and what it counts.

The columns are those of any journal; `triporteur_kiosk.usage.words` lists what a body can count.
"""

from triporteur_wire.register import Column

_ROOM = "until the depot has it and the journal is over its budget; else by hand"
_CURRENT = "until the next value replaces it"
_ORDER = "orders records, and names each one for good"
_DELIVERY = "says which records the depot still needs"
_UNUSED = "is a journal's; nothing of the kiosk is ever dropped"

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
    Column("logs", "thinned_to", "0", _UNUSED),
    Column("logs", "given_up", "0", _UNUSED),
    Column(
        "logs",
        "last_seq",
        "seq of the last record; NULL in the log that is being written",
        "says where a log ends, without reading its records",
    ),
    Column("logs", "utc_offset_ms", "NULL", "is a journal's; the agent's anchors date the kiosk"),
    Column("records", "log_id", "the log, by its number", _ORDER, _ROOM),
    Column("records", "seq", "place of the record in its log, from 1", _ORDER, _ROOM),
    Column(
        "records",
        "kind",
        "what the body is: usage or open; event or loss after a damaged file",
        "says how to read it",
        _ROOM,
    ),
    Column(
        "records",
        "mono_ms",
        "milliseconds since boot when its hour ended, or when the portal did",
        "dates the hour",
        _ROOM,
    ),
    Column(
        "records",
        "body",
        "how often each word was counted in that hour; or what befell the file",
        "tells what the kiosk is used for, and which language it lacks",
        _ROOM,
    ),
    Column("given_up", "log_id", "nothing: no row is written", _UNUSED),
    Column("given_up", "first", "nothing: no row is written", _UNUSED),
    Column("given_up", "last", "nothing: no row is written", _UNUSED),
    Column("given_up", "reason", "nothing: no row is written", _UNUSED),
    Column("meta", "key", "the word `epoch`", "names the value"),
    Column(
        "meta",
        "value",
        "random name of the depot's database that the marks belong to",
        "sends everything again to a depot that was restored",
        _CURRENT,
    ),
)
