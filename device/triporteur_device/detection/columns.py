"""What a unit keeps of its detection, field by field."""

from triporteur_wire.register import Column

STORED = (
    Column(
        "detected.json",
        "ports",
        "by serial port, the protocol that was found there and how it was addressed",
        "is tried first the next time that devices are looked for",
        "until another is found at that port",
    ),
)
