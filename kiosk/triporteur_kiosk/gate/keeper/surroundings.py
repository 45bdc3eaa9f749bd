"""What the gate asks of the machine it runs on."""

from collections.abc import Callable
from datetime import date, datetime

from triporteur_kiosk.gate.keeper.neighbours import Neighbours
from triporteur_kiosk.gate.keeper.passes import Phone
from triporteur_kiosk.gate.keeper.stations import Stations
from triporteur_kiosk.gate.keeper.uplink import UplinkWatch


class Surroundings:
    """`uplink` is None where nobody needs it; `local_time` gives None while it is not known."""

    def __init__(
        self,
        neighbours: Neighbours,
        stations: Stations,
        uplink: UplinkWatch | None,
        local_time: Callable[[], datetime | None],
    ) -> None:
        self._neighbours = neighbours
        self._stations = stations
        self._uplink = uplink
        self._local_time = local_time

    def phone(self, address: str) -> Phone | None:
        """As Neighbours."""
        return self._neighbours.phone(address)

    def stations(self) -> int | None:
        return self._stations.count()

    def uplink(self) -> bool | None:
        return self._uplink.up if self._uplink else None

    def today(self) -> date | None:
        now = self._local_time()
        return now.date() if now else None
