"""The captured frames of `tests/frames`, and how their expected values are named here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FRAMES = Path(__file__).parents[2] / "frames"

#: Names used by the captures, and the quantity each is.
QUANTITY_OF = {
    "voltage_v": "pack_voltage_v",
    "starter_v": "aux_voltage_v",
    "panel_v": "panel_voltage_v",
    "panel_w": "panel_power_w",
    "load_a": "load_current_a",
    "current_a": "current_a",
    "power_w": "power_w",
    "soc_pct": "soc_pct",
    "remaining_ah": "remaining_ah",
    "nominal_ah": "nominal_ah",
    "consumed_ah": "consumed_ah",
    "cycles": "cycles",
    "cells_v": "cells_v",
    "temps_c": "battery_temps_c",
    "charge_fet": "charge_fet",
    "discharge_fet": "discharge_fet",
    "ttg_min": "time_to_go_min",
    "speed_kmh": "speed_kmh",
    "duty": "duty_ratio",
    "v_in": "input_voltage_v",
    "current_charge_positive_a": "current_a",
    "max_cell_v": "max_cell_v",
    "min_cell_v": "min_cell_v",
    "mos_temp_c": "bms_temp_c",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    protocol: str
    name: str
    stream: bytes
    chunks: tuple[bytes, ...]
    #: What was asked; empty where the answer says it, or nobody asked.
    request: bytes
    expected: Mapping[str, Any]

    @property
    def refused(self) -> bool:
        return "error" in self.expected


def recorded(protocol: str = "*") -> list[Recorded]:
    files = sorted(FRAMES.glob(f"{protocol}.json"))
    return [entry for file in files for entry in _entries(file)]


def _entries(file: Path) -> Iterator[Recorded]:
    for number, entry in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        name = f"{file.stem}-{number}-{entry['kind']}"
        for key in ("response_hex", "with_messages_hex"):
            if key in entry:
                stream = bytes.fromhex(entry[key])
                chunks = tuple(bytes.fromhex(chunk) for chunk in entry.get("chunks_hex", ()))
                yield Recorded(
                    file.stem,
                    f"{name}-{key}",
                    stream,
                    chunks or (stream,),
                    bytes.fromhex(entry.get("request_hex", "")),
                    entry["expected"],
                )
