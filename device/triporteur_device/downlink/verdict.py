"""What the kiosk made of a pushed content, as it says in a file in RAM."""

import re
from pathlib import Path

import msgspec

from triporteur_device.downlink.refusals import in_short
from triporteur_device.files import read_guest
from triporteur_wire.parcels import Applied
from triporteur_wire.reading import Unreadable, decode

_MOST_BYTES = 16_384
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DECODER = msgspec.json.Decoder(Applied)


def read_verdict(path: Path) -> Applied | None:
    """The verdict, or None while there is none that can be read."""
    try:
        verdict = decode(_DECODER, read_guest(path, _MOST_BYTES))
    except (OSError, Unreadable):
        return None
    sha256 = verdict.sha256 if _SHA256.fullmatch(verdict.sha256) else ""
    return msgspec.structs.replace(verdict, sha256=sha256, faults=in_short(verdict.faults))
