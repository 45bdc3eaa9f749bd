"""What the portal keeps on its card, field by field: the last good content of the depot."""

from triporteur_wire.register import Column

_UNTIL = "until the portal takes another, or the depot takes it back"

STORED = (
    Column(
        "content.json",
        "revision",
        "number that the depot gave the content",
        "tells the depot which one is shown",
        _UNTIL,
    ),
    Column(
        "content.json",
        "sha256",
        "SHA-256 of the body",
        "tells a damaged file from a whole one",
        _UNTIL,
    ),
    Column(
        "content.json",
        "body",
        "the text of a content file: what the public's pages show",
        "is shown when a later one has faults, or cannot be had",
        _UNTIL,
    ),
)
