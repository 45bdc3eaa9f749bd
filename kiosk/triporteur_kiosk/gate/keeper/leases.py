"""Which addresses are lent out, and to whom, as dnsmasq's file in RAM has it."""

from collections.abc import Mapping
from pathlib import Path

#: From here on the file tells of IPv6, which the same phones have.
_SIX = "duid "


def lent(path: Path) -> Mapping[str, str]:
    """MAC by IPv4 address; dnsmasq takes away what expired. Raises OSError."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(_SIX):
            break
        words = line.split(" ")
        if len(words) > 2:
            found[words[2]] = words[1]
    return found
