"""`[[source]]` tables for unit.toml, one for each device found."""

import json
from collections import Counter
from collections.abc import Mapping

from triporteur_device.detection.detecting import Found
from triporteur_wire.quantities import QUANTITIES, Value

_BATTERY = frozenset({"cells_v", "max_cell_v", "charge_fet", "discharge_fet"})
_CHARGER = frozenset({"panel_voltage_v", "panel_power_w"})
_SHUNT = frozenset({"pack_voltage_v"})
_SHOWN = ("pack_voltage_v", "input_voltage_v", "current_a", "soc_pct")


def tables(found: Mapping[str, Found]) -> str:
    """The tables, by port; names are told apart by a number where they must be."""
    named: Counter[str] = Counter()
    text = []
    for port, each in found.items():
        name = _name(each.values)
        named[name] += 1
        if named[name] > 1:
            name = f"{name}_{named[name]}"
        text.append(_table(name, port, each))
    return "\n".join(text)


def _table(name: str, port: str, found: Found) -> str:
    spec = found.candidate.spec
    keys = {"name": name, "protocol": spec.name, "port": port, **found.candidate.keys}
    lines = [f"# {_figures(found.values)}", "[[source]]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    if "charge_sign" in spec.takes:
        lines += [
            "# Which way its current counts must be looked up while the battery is charged:",
            '# charge_sign = "positive" or "negative"; without it no current is told.',
        ]
    return "".join(f"{line}\n" for line in lines)


def _name(values: Mapping[str, Value]) -> str:
    kinds = (("battery", _BATTERY), ("charger", _CHARGER), ("shunt", _SHUNT))
    return next((name for name, tells in kinds if not tells.isdisjoint(values)), "motor")


def _figures(values: Mapping[str, Value]) -> str:
    cells = values.get("cells_v")
    told = [f"{len(cells)} cells"] if isinstance(cells, tuple) else []
    for name in _SHOWN:
        value = values.get(name)
        if isinstance(value, int | float):
            told.append(f"{value:.1f} {QUANTITIES[name].unit}")
    return ", ".join(told) or "heard, with no figure to show"
