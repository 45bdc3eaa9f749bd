"""The computer aboard as a source: read every quarter of a minute, its supply more often."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.live import Observation
from triporteur_device.machine import sysfs
from triporteur_device.machine.stations import wifi_stations
from triporteur_wire.messages import SourceHealth
from triporteur_wire.origins import MACHINE
from triporteur_wire.quantities import Value, plausible

#: As often as the kernel asks the firmware: a dip of the supply is over in seconds.
_LOOK_S = 2.0
_TELL_MS = 15_000
#: Four readings missed.
STALE_AFTER_MS = 60_000


@dataclass(frozen=True, slots=True)
class Sensors:
    """Where the machine is asked; each answers None where it does not say."""

    undervoltage: Callable[[], bool | None]
    cpu_temp_c: Callable[[], float | None]
    disk_free_mb: Callable[[], float | None]
    wifi_stations: Callable[[], int | None]


class Machine:
    """Tells what the machine says of itself."""

    name = MACHINE
    #: It says nothing of the battery that could be stuck.
    moved_ms = None

    def __init__(
        self, sensors: Sensors, mono_ms: Callable[[], int], tell: Callable[[Observation], None]
    ) -> None:
        self._sensors = sensors
        self._mono_ms = mono_ms
        self._tell = tell
        self._undervoltage: bool | None = None
        self._told_ms: int | None = None
        self._tellings = 0

    def health(self) -> SourceHealth:
        """Readings since the agent started."""
        told = self._told_ms
        age_s = None if told is None else (self._mono_ms() - told) / 1000
        return SourceHealth(MACHINE, age_s, self._tellings, 0, {})

    def run(self, stop: threading.Event) -> None:
        """Reads until `stop`."""
        while not stop.is_set():
            self.look()
            stop.wait(_LOOK_S)

    def look(self) -> None:
        """Tells of the supply when it changed, and of everything when that is due."""
        now_ms = self._mono_ms()
        before, self._undervoltage = self._undervoltage, self._sensors.undervoltage()
        if self._told_ms is None or now_ms - self._told_ms >= _TELL_MS:
            self._told_ms = now_ms
            self._tellings += 1
            self._tell(Observation(MACHINE, now_ms, dict(self._read())))
        elif self._undervoltage not in (None, before):
            self._tell(Observation(MACHINE, now_ms, {"undervoltage": self._undervoltage}))

    def _read(self) -> Iterator[tuple[str, Value]]:
        found = {
            "cpu_temp_c": self._sensors.cpu_temp_c(),
            "undervoltage": self._undervoltage,
            "disk_free_mb": self._sensors.disk_free_mb(),
            "wifi_stations": self._sensors.wifi_stations(),
        }
        for quantity, value in found.items():
            if value is not None and plausible(quantity, value):
                yield quantity, value


def sensors(card: Path) -> Sensors:
    """Those of this machine; `card` is a folder on the card of the journal."""
    return Sensors(
        sysfs.undervoltage, sysfs.cpu_temp_c, lambda: _free_mb(card), lambda: wifi_stations()
    )


def _free_mb(folder: Path) -> float | None:
    try:
        return shutil.disk_usage(folder).free / 1e6
    except OSError:
        return None
