"""What units trust, as a file that anybody may read. Nothing here needs a key."""

import hashlib
from pathlib import Path

#: PEM, one certificate behind another; the first one signs.
AUTHORITIES = "authorities.pem"


def trusted(directory: Path) -> str:
    """The authorities that units trust, PEM; empty when there is none yet. Raises OSError."""
    try:
        return (directory / AUTHORITIES).read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def trusted_digest(directory: Path) -> str:
    """The SHA-256 of that, in hex; empty when there is none yet. Raises OSError."""
    text = trusted(directory)
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
