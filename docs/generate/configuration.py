"""`configuration.md`, from the structs that check the files and the sentences in `keys`."""

from textwrap import fill
from typing import Any

import msgspec

from docs.generate.draft07 import portable
from docs.generate.keys import DEPOT, UNIT, Table
from docs.generate.markdown import MADE, code, table
from triporteur_device.settings import SETTABLE

_HEAD = f"""{MADE}

# Configuration

A unit is configured by `/etc/triporteur/unit.toml`, the depot by `/etc/triporteur/depot.toml`; each
command takes another file with `--config`. An absent table is an empty one. A table or key that is
not listed here is an error; all errors are told at once, and `run --check-config` tells them
without starting. Complete examples: [unit.toml](examples/unit.toml) and
[depot.toml](examples/depot.toml).
"""
_SETTABLE = (
    "The depot may set some of these keys, for units far away: what it sets lies over the file, "
    "key by key, from the moment the unit hears of it, and after every power cut. They are never "
    "those that lead to the depot, or say where the unit keeps things: "
    f"{', '.join(map(code, SETTABLE))}. `triporteur-device run --show-config` shows what counts, "
    "and who said so."
)
_HEADS = ("Key", "Type", "Unit", "Default", "Meaning")
#: How a key's name ends, and the unit that says.
_UNITS = {"s": "seconds", "min": "minutes"}


def text() -> str:
    return _HEAD + _file("unit.toml", UNIT, _SETTABLE) + _file("depot.toml", DEPOT)


def unit_of(key: str) -> str:
    """The unit that a key's name ends in; empty when its value has none."""
    return _UNITS.get(key.rpartition("_")[2], "")


def _file(name: str, tables: tuple[Table, ...], about: str = "") -> str:
    said = f"\n{fill(about, 100, break_on_hyphens=False)}\n" if about else ""
    return f"\n## {name}\n{said}" + "".join(map(_table, tables))


def _table(each: Table) -> str:
    name = f"[[{each.name}]]" if each.many else f"[{each.name}]"
    rows = [
        (code(f.name), _type(f.type), unit_of(f.name), _default(f), each.keys[f.name])
        for f in msgspec.structs.fields(each.kind)
    ]
    return f"\n### `{name}`\n\n{each.about}\n\n{table(_HEADS, rows)}"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    made = field.default_factory
    default = field.default if made is msgspec.NODEFAULT else made()
    return "none" if default is None else code(msgspec.json.encode(default).decode())


def _type(kind: Any) -> str:
    schema = msgspec.json.schema(kind)
    # An optional key: what it may be when it is there.
    schema = next((s for s in schema.get("anyOf", ()) if s.get("type") != "null"), schema)
    if "enum" in schema:
        return " or ".join(code(word) for word in schema["enum"])
    if "description" in schema:
        return str(schema["description"])
    words = [schema["type"], *(f"{said} {schema[key]:g}" for key, said in _LIMITS if key in schema)]
    if "pattern" in schema:
        words.append(f"like {code(portable(schema['pattern']))}")
    return ", ".join(words)


_LIMITS = (("exclusiveMinimum", "above"), ("minimum", "at least"), ("maximum", "at most"))
