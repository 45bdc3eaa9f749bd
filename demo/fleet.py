"""The four units of the demo, and the files that each is made of."""

from dataclasses import dataclass
from pathlib import Path

from triporteur_device.simulators.presets import PRESETS, Preset


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit in one of the simulator's situations."""

    name: str
    place: str
    trike: str
    seed: int

    @property
    def preset(self) -> Preset:
        return PRESETS[self.trike]


UNITS = (
    DemoUnit("bordeaux-1", "Bordeaux Sud", "charging", 11),
    DemoUnit("panda", "Laval", "drifting", 12),
    DemoUnit("ben", "Rennes", "forgotten", 13),
    DemoUnit("tuqtuq", "Marseille", "on_site", 14),
)


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
