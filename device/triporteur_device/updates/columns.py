"""What a unit keeps of its updates, field by field."""

from triporteur_wire.register import Column

_STATE = "state.json"
_ONE = "so that a power cut leaves one release or the other"
_NEXT = "until the next release"
_WHAT_IS_OFFERED = "until the depot offers another, or takes it back"
_DAMAGE = "what comes damaged must not come for ever"
_COST = "a bad link must not cost for ever"
_AGAIN = "is told, and keeps what failed from being tried again"

STORED = (
    Column(_STATE, "chosen", "version that runs in the place of the package's own", _ONE, _NEXT),
    Column(_STATE, "over", "version of the package at that time", "a later package wins", _NEXT),
    Column(_STATE, "trial", "version that runs to be looked at", _ONE, "for a minute"),
    Column(_STATE, "damaged", "version that the card damaged", "is told", _NEXT),
    Column(
        _STATE,
        "last",
        "of the last release that came: version, digest of its manifest, a random word for who "
        "gave it or the number of the depot's wish, what became of it and why, and how often it "
        "was tried",
        _AGAIN,
        _NEXT,
    ),
    Column("wanted.json", "wish", "the same word", "tells two wishes apart", "until it is tried"),
    Column(
        "wanted.json",
        "text",
        "the signed manifest of a release",
        "is verified",
        "until it is tried",
    ),
    Column("damaged.json", "wish", "the depot's wish that it counts for", _DAMAGE, _NEXT),
    Column(
        "damaged.json",
        "parts",
        "names of the parts, Python packages, that came damaged, once for each time",
        _DAMAGE,
        _NEXT,
    ),
    Column("spent.json", "wish", "the depot's wish that it counts for", _COST, _NEXT),
    Column("spent.json", "month", "in which it came, as 2026-11", _COST, _NEXT),
    Column("spent.json", "lacked_bytes", "what lacked when that began", _COST, _NEXT),
    Column("spent.json", "came_bytes", "what came while it was asked for", _COST, _NEXT),
    Column(
        "release.json",
        "revision",
        "number that the depot gave its offer of a release",
        "tells two wishes apart",
        _WHAT_IS_OFFERED,
    ),
    Column(
        "release.json",
        "sha256",
        "SHA-256 of the body",
        "tells a damaged file from a whole one",
        _WHAT_IS_OFFERED,
    ),
    Column(
        "release.json",
        "body",
        "the signed manifest of the release that the depot offers",
        "goes on coming after a power cut",
        _WHAT_IS_OFFERED,
    ),
)
