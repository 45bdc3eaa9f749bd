"""What the gate keeps on the card, field by field: one number about nobody."""

from triporteur_wire.register import Column

_UNTIL = "until the next number replaces it; a new day begins at nothing"

STORED = (
    Column(
        "spent.json",
        "bytes",
        "what all visitors together may have sent and received that day, a hundredth of the "
        "budget ahead",
        "holds the SIM's budget through restarts and power cuts",
        _UNTIL,
    ),
    Column(
        "spent.json",
        "day",
        "the day; null while the time is not known",
        "says when the budget is whole again",
        _UNTIL,
    ),
)
