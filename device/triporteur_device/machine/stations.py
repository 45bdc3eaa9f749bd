"""How many devices are on the unit's Wi-Fi: a number, and nothing of any of them.

`iw` names each by its MAC address. What it prints is counted line by line and let go: it is
neither kept nor logged, nor is what it says on a fault.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from triporteur_device.machine.sysfs import SYS

#: Runs a command; what it printed. Raises OSError or subprocess.SubprocessError.
Run = Callable[[Sequence[str]], str]

_TIMEOUT_S = 5.0


def wifi_stations(sys: Path = SYS, run: Run | None = None) -> int | None:
    """Stations of every access point of this machine; None when it has none, or cannot say."""
    if not any((sys / "class/net").glob("*/phy80211")):
        return None
    ask = run or _run
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


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        check=True,
        encoding="utf-8",
        errors="replace",
        timeout=_TIMEOUT_S,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout
