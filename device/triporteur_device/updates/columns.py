"""What a unit keeps of its updates, field by field."""

from triporteur_wire.register import Column

_STATE = "state.json"
_ONE = "so that a power cut leaves one release or the other"
_NEXT = "until the next release"
_AGAIN = "is told, and keeps what failed from being tried again"

STORED = (
    Column(_STATE, "chosen", "version that runs in the place of the package's own", _ONE, _NEXT),
    Column(_STATE, "over", "version of the package at that time", "a later package wins", _NEXT),
    Column(_STATE, "trial", "version that runs to be looked at", _ONE, "for a minute"),
    Column(
        _STATE,
        "last",
        "of the last release that came: version, digest of its manifest, a random word for who "
        "gave it, what became of it and why, and how often it was tried",
        _AGAIN,
        _NEXT,
    ),
    Column(
        "wanted.json", "wish", "the same random word", "tells two wishes apart", "until it is tried"
    ),
    Column(
        "wanted.json",
        "text",
        "the signed manifest of a release",
        "is verified",
        "until it is tried",
    ),
)
