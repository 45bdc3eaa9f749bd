"""The four units of the demo, and the files that each is made of."""

from dataclasses import dataclass
from pathlib import Path

from triporteur_device.simulators.motor import ERPM_PER_TURN
from triporteur_device.simulators.presets import PRESETS, Preset
from triporteur_device.simulators.wheel import WHEEL_M
from triporteur_wire.readiness import Outing


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit in one of the simulator's situations; `has_motor` where its motor's controller tells
    how far it rode."""

    name: str
    place: str
    trike: str
    seed: int
    has_motor: bool = False

    @property
    def preset(self) -> Preset:
        return PRESETS[self.trike]

    @property
    def devices(self) -> tuple[str, ...]:
        """By the names of their protocols."""
        return ("jbd", "vedirect", "vesc") if self.has_motor else ("jbd", "vedirect")


UNITS = (
    DemoUnit("bordeaux-1", "Bordeaux Sud", "charging", 11, has_motor=True),
    DemoUnit("panda", "Laval", "drifting", 12),
    DemoUnit("ben", "Rennes", "forgotten", 13),
    DemoUnit("tuqtuq", "Marseille", "on_site", 14, has_motor=True),
)


#: Where all of them are to go.
TOMORROW = Outing(7.5, 60.0, 4.0, 20.0, "Collège des Tilleuls")


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one unit of the demo keeps everything."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "unit.toml"

    @property
    def words(self) -> Path:
        """A pipe: what is written to it, the simulator obeys."""
        return self.path / "words"

    def port(self, device: str) -> Path:
        return self.path / device


def unit_toml(unit: DemoUnit, folder: Folder, broker: int, portal: int, console: int) -> str:
    return f"""\
# One unit of the demo; docs/configuration.md explains every key.
[unit]
name = "{unit.name}"
place = "{unit.place}"

[[source]]
name = "batterie"
protocol = "jbd"
port = "{folder.port("jbd")}"

[[source]]
name = "shunt"
protocol = "vedirect"
port = "{folder.port("vedirect")}"
{_motor(folder) if unit.has_motor else ""}
[journal]
directory = "{folder.path / "journal"}"
commit_interval_s = 5
kiosk = "{folder.path / "kiosk" / "kiosk.journal"}"

[snapshot]
path = "{folder.path / "run" / "snapshot.json"}"
content = "{folder.path / "run" / "content.json"}"

[mqtt]
host = "127.0.0.1"
port = {broker}
tls = false
status_period_s = 2
gather_s = 5

[clock]
trust = "system"

[readiness]
nominal_ah = {unit.preset.parameters.nominal_ah}

[readiness.places.market]
name = "Marché Saint-Aubin"
km = 4
climb_m = 20
site_h = 3

[readiness.places.school]
name = "Collège des Tilleuls"
km = 7.5
climb_m = 60

[portal]
listen = "127.0.0.1:{portal}"
content = "{folder.path / "content.toml"}"
pushed = "{folder.path / "journal" / "content" / "portal.json"}"
journal = "{folder.path / "kiosk" / "kiosk.journal"}"

[console]
listen = "127.0.0.1:{console}"
tls = false
"""


def _motor(folder: Folder) -> str:
    return f"""
[[source]]
name = "moteur"
protocol = "vesc"
port = "{folder.port("vesc")}"
wheel_circumference_m = {WHEEL_M}
erpm_per_turn = {ERPM_PER_TURN}
"""


def depot_toml(folder: Path, broker: int, pages: int) -> str:
    return f"""\
[depot]
name = "Démonstration"

[database]
path = "{folder / "depot.db"}"

[mqtt]
port = {broker}

[pages]
port = {pages}
"""
