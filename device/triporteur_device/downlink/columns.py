"""What a unit keeps of what the depot gave it, field by field: parcels, just as they came."""

from triporteur_wire.register import Column

_UNTIL = "until the depot gives another, or takes it back"
_REVISION = "number that the depot gave the parcel"
_SHA256 = "SHA-256 of the body"
_SAME = "tells whether a parcel has been taken already"
_WHOLE = "tells a damaged file from a whole one"

STORED = (
    Column("settings.json", "revision", _REVISION, _SAME, _UNTIL),
    Column("settings.json", "sha256", _SHA256, _WHOLE, _UNTIL),
    Column(
        "settings.json",
        "body",
        "keys of `unit.toml` and the values that lie over them",
        "counts after a power cut too",
        _UNTIL,
    ),
    Column("content/portal.json", "revision", _REVISION, _SAME, _UNTIL),
    Column("content/portal.json", "sha256", _SHA256, _WHOLE, _UNTIL),
    Column(
        "content/portal.json",
        "body",
        "the text of a content file: what the public's pages show",
        "is there when the portal starts",
        _UNTIL,
    ),
    Column("content/console.json", "revision", _REVISION, _SAME, _UNTIL),
    Column("content/console.json", "sha256", _SHA256, _WHOLE, _UNTIL),
    Column(
        "content/console.json",
        "body",
        "a certificate of the console's key, which is public",
        "is shown by the console",
        _UNTIL,
    ),
)
