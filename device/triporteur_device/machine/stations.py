"""How many devices are on the unit's Wi-Fi: a number, and nothing of any of them.

`iw` names each by its MAC address. What it prints is counted line by line and let go: it is
neither kept nor logged, nor is what it says on a fault.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from triporteur_device.machine.sysfs import SYS
from triporteur_wire.programs import Ask, asked


def wifi_stations(sys: Path = SYS, ask: Ask = asked) -> int | None:
    """Stations of every access point of this machine; None when it has none, or cannot say."""
    if not any((sys / "class/net").glob("*/phy80211")):
        return None
    try:
        points = list(_access_points(ask(["iw", "dev"])))
        told = [ask(["iw", "dev", point, "station", "dump"]) for point in points]
    except (OSError, subprocess.SubprocessError):
        return None
    return sum(_stations(text) for text in told) if told else None


def _access_points(text: str) -> Iterator[str]:
    """Of `iw dev`: each interface's name, on a line before that of its type."""
    name = ""
    for words in map(str.split, text.splitlines()):
        match words:
            case ["Interface", name]:
                pass
            case ["type", "AP"] if name:
                yield name


def _stations(text: str) -> int:
    return sum(line.startswith("Station ") for line in text.splitlines())
