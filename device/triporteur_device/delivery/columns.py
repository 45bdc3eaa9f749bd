"""What a unit keeps of its link to the depot, field by field: what the month has cost."""

from triporteur_wire.register import Column

_FILE = "link.json"
_MONTH = "until the next month begins"
_BUDGET = "keeps the month within its budget"

STORED = (
    Column(_FILE, "month", "the month in UTC; empty while the time is not known", _BUDGET, _MONTH),
    Column(_FILE, "sent_bytes", "bytes that the unit sent in it", _BUDGET, _MONTH),
    Column(_FILE, "received_bytes", "bytes that it received in it", _BUDGET, _MONTH),
    Column(
        _FILE,
        "budget_bytes",
        "what the month may cost, as its configuration says; 0 for no limit",
        _BUDGET,
        _MONTH,
    ),
)
