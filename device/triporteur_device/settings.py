"""What the depot may set of a unit's configuration, and how that lies over `unit.toml`.

The depot sets how a unit works; never what leads to the depot, or where the unit keeps things. A
wrong host, port, certificate or folder would cut off the very way by which it could be put right,
and somebody would have to travel to the unit. What is plugged in where is known to whoever stands
beside it.
"""

import re
from pathlib import Path
from typing import Any

from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.parcels import Scalar, Settings

#: Each is a key of `unit.toml` with its table before it; a source's stands for every source's, and
#: a place's for each of its keys.
SETTABLE = (
    "unit.place",
    "source.<name>.stale_after_s",
    "journal.commit_interval_s",
    "journal.rest_interval_s",
    "mqtt.status_period_s",
    "mqtt.rest_period_s",
    "mqtt.budget_mb",
    "mqtt.gather_s",
    "mqtt.backlog_share",
    "readiness.standing_w",
    "readiness.departs",
    "readiness.places.<name>.<key>",
)
_OF_A_PLACE = re.compile(r"readiness\.places\.(?P<name>[^.]+)\.(?P<key>[^.]+)")
_WORDS = ", ".join(SETTABLE)


class SettledReader(Reader):
    """A `unit.toml` without faults, with settings lying over it; its faults are the settings'."""

    def __init__(self, path: Path, settings: Settings) -> None:
        super().__init__(path, UNIT_TABLES)
        self._path = Path("settings")
        for dotted, value in settings.items():
            self._lay(dotted, value)

    def _lay(self, dotted: str, value: Scalar) -> None:
        table, _, key = dotted.partition(".")
        source, _, key_of_source = key.partition(".")
        if table == "source" and f"source.<name>.{key_of_source}" in SETTABLE:
            self._lay_over_source(source, key_of_source, value)
        elif place := _OF_A_PLACE.fullmatch(dotted):
            self._lay_over_place(place["name"], place["key"], value)
        elif dotted in SETTABLE:
            self._tables.setdefault(table, {})[key] = value
        else:
            self.fault(f"{dotted} cannot be set from the depot; expected one of: {_WORDS}")

    def _lay_over_place(self, name: str, key: str, value: Scalar) -> None:
        """A usual place may be the depot's alone: known there, and not to who wrote the file."""
        places = self._tables.setdefault("readiness", {}).setdefault("places", {})
        places.setdefault(name, {})[key] = value

    def _lay_over_source(self, name: str, key: str, value: Scalar) -> None:
        known: dict[str, Any] = {each["name"]: each for each in self._tables.get("source", [])}
        if name in known:
            known[name][key] = value
        else:
            there = ", ".join(known) or "none, for this unit has no source"
            self.fault(f"source.{name}.{key} found no source {name!r}; expected one of: {there}")
