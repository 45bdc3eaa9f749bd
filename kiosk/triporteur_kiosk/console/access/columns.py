"""What the console keeps on its card, field by field: its key, and which phones may see it.

A file that is no list of fields is a column of its folder.
"""

from triporteur_wire.register import Column

_FOLDER, _PHONES = "console", "console/phones.json"
_UNTIL_UNPAIRED = "until the phone is unpaired, is not seen for 30 days, or after 180 days"
_UNTIL_NEXT = "until the next certificate replaces it"

STORED = (
    Column(
        _FOLDER,
        "key.pem",
        "the console's private key, which it made itself and gives to nobody",
        "lets phones tell the console from another",
        "until deleted by hand",
    ),
    Column(
        _FOLDER,
        "depot.pem",
        "the depot's word that this key is that of the console, by the console's name",
        "lets phones tell the console from another",
        _UNTIL_NEXT,
    ),
    Column(
        _FOLDER,
        "public.pem",
        "the same word of a publicly trusted authority, where the operator has a domain",
        "lets phones tell the console from another",
        "until the depot gives another, or takes it back",
    ),
    Column(
        _PHONES,
        "number",
        "number of a phone of the team, by the order in which they were paired",
        "tells which one is unpaired",
        _UNTIL_UNPAIRED,
    ),
    Column(
        _PHONES,
        "secret_sha256",
        "SHA-256 of the random secret that the phone was given when it was paired",
        "lets the phone in, and nobody who reads the card",
        _UNTIL_UNPAIRED,
    ),
    Column(
        _PHONES,
        "paired",
        "day on which the phone was paired, or null while none was known",
        "ends the pairing",
        _UNTIL_UNPAIRED,
    ),
    Column(
        _PHONES,
        "before",
        "first day known that was before the one on which the phone was paired, by a wrong clock",
        "ends the pairing all the same",
        _UNTIL_UNPAIRED,
    ),
    Column(
        _PHONES,
        "seen",
        "last day on which the phone opened the console, or null where that was not known",
        "ends the pairing of a phone that is used no more",
        _UNTIL_UNPAIRED,
    ),
)
