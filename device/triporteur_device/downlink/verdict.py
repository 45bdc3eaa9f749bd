"""What the portal made of a pushed content, as it says in a file in RAM.

The portal talks to strangers: of all that runs aboard it would be the first to be taken over. So
its file is opened without waiting, for it could be a pipe, and only so much of it is taken.
"""

import os
import re
import stat
from pathlib import Path

import msgspec

from triporteur_device.downlink.refusals import in_short
from triporteur_wire.parcels import Applied
from triporteur_wire.reading import Unreadable, decode

_MOST_BYTES = 16_384
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DECODER = msgspec.json.Decoder(Applied)


def read_verdict(path: Path) -> Applied | None:
    """The verdict, or None while there is none that can be read."""
    try:
        verdict = decode(_DECODER, _read_some(path))
    except (OSError, Unreadable):
        return None
    sha256 = verdict.sha256 if _SHA256.fullmatch(verdict.sha256) else ""
    return msgspec.structs.replace(verdict, sha256=sha256, faults=in_short(verdict.faults))


def _read_some(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        is_file = stat.S_ISREG(os.fstat(handle).st_mode)
        return os.read(handle, _MOST_BYTES) if is_file else b""
    finally:
        os.close(handle)
