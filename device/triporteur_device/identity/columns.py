"""What a unit keeps to be known at its depot, file by file: its key, and what the depot gave it.

A file that is no list of fields is a column of its folder.
"""

from triporteur_wire.register import Column

_UNTIL_RENEWED = "until the next certificate, with a key of its own, replaces it"
_UNTIL_IN = "until the unit has its certificate, or another bundle replaces it"
_FOLDER, _CURRENT, _BUNDLE = "identity", "identity/current", "identity/bundle.json"
_LETS_IN = "lets the unit in at the depot, once"

STORED = (
    Column(
        _CURRENT,
        "key.pem",
        "the unit's private key, which it made itself and gives to nobody",
        "proves to the broker which unit speaks",
        _UNTIL_RENEWED,
    ),
    Column(
        _CURRENT,
        "certificate.pem",
        "the depot's word that this key is that of the unit, by the unit's name",
        "proves to the broker which unit speaks",
        _UNTIL_RENEWED,
    ),
    Column(
        _CURRENT,
        "authorities.pem",
        "certificates of the depot's authority",
        "tells our broker from another",
        _UNTIL_RENEWED,
    ),
    Column(
        _CURRENT,
        "login",
        "random name of the bundle that the unit came in with: nobody's account",
        "uses no bundle twice",
        _UNTIL_RENEWED,
    ),
    Column(
        _FOLDER,
        "key.pem",
        "the private key made for the bundle that waits",
        "asks for the same certificate again when an answer was lost",
        _UNTIL_IN,
    ),
    Column(_FOLDER, "contact.lock", "nothing; it is empty", "lets one process go to the depot"),
    Column(_BUNDLE, "unit", "name of the unit", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "host", "name of the depot's broker", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "port", "port of the broker for units", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "door_port", "port of the broker for newcomers", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "login", "random name of this bundle: nobody's account", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "token", "random secret of this bundle", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "expires_utc_ms", "UTC when it ends", _LETS_IN, _UNTIL_IN),
    Column(_BUNDLE, "authorities", "as in `authorities.pem`", _LETS_IN, _UNTIL_IN),
)
