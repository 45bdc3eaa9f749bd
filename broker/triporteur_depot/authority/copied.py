"""When the authority was last put away in a sealed file, and whether it is still the same."""

from pathlib import Path

import msgspec

from triporteur_depot.authority.files import write
from triporteur_depot.authority.trusted import trusted_digest

_FILE = "copied.json"


class Copied(msgspec.Struct, frozen=True):
    """`authorities_sha256` names the authorities that were put away, at `utc_ms`."""

    utc_ms: int
    authorities_sha256: str


def copied(directory: Path) -> Copied | None:
    """None when these authorities were never put away. Raises OSError."""
    try:
        found = msgspec.json.decode((directory / _FILE).read_bytes(), type=Copied)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found if found.authorities_sha256 == trusted_digest(directory) else None


def note_copied(directory: Path, utc_ms: int) -> None:
    """Raises OSError."""
    noted = Copied(utc_ms, trusted_digest(directory))
    write(directory / _FILE, msgspec.json.encode(noted))
