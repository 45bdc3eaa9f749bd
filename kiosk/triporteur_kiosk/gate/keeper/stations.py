"""How many phones are there: hostapd says, or where none runs, the addresses that are lent out.

Only numbers are asked for: which phones they are stays where it was.
"""

import re
import socket
from pathlib import Path

from triporteur_kiosk.gate.keeper.leases import lent

_PATIENCE_S = 0.5
_MOST_BYTES = 8192
_COUNT = re.compile(rb"^num_sta\[0\]=([0-9]{1,5})$", re.MULTILINE)


class Stations:
    """`hostapd` is the control socket of the radio's interface, None where no hostapd runs."""

    def __init__(self, hostapd: Path | None, leases: Path) -> None:
        self._hostapd = hostapd
        self._leases = leases

    def count(self) -> int | None:
        """None while it is not known."""
        try:
            return len(lent(self._leases)) if self._hostapd is None else _associated(self._hostapd)
        except OSError:
            return None


def _associated(control: Path) -> int | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
        asking.settimeout(_PATIENCE_S)
        asking.bind("")  # an address that no file stands for
        asking.connect(str(control))
        asking.send(b"STATUS")
        found = _COUNT.search(asking.recv(_MOST_BYTES))
    return int(found[1]) if found else None
