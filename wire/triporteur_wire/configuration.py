"""Configuration files: top-level tables, each read by the one room that owns it.

Every fault of a file is told at once, with table, key, what was found and what is expected. A
table is described by a frozen msgspec struct; its field types, ranges and patterns are the rule.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

#: Every table a `unit.toml` may hold. Each is read by one room: device or kiosk.
UNIT_TABLES = frozenset(
    {
        "unit",
        "source",
        "gpio",
        "journal",
        "snapshot",
        "mqtt",
        "identity",
        "clock",
        "readiness",
        "portal",
        "console",
        "gate",
    }
)
#: Every table a `depot.toml` may hold.
DEPOT_TABLES = frozenset({"depot", "database", "backup", "mqtt", "authority", "pages"})

Table = TypeVar("Table", bound=msgspec.Struct)


class BadConfiguration(ValueError):
    """The operator's file is wrong; `faults` says everything that is, one sentence each."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__("\n".join(f"{path}: {fault}" for fault in faults))
        self.faults = faults


class Reader:
    """One file being read. Ask for tables, then `finish`, which raises if anything was wrong."""

    def __init__(self, path: Path, known_tables: frozenset[str]) -> None:
        self._path = path
        self._faults: list[str] = []
        self._tables = self._load(known_tables)

    def table(self, name: str, kind: type[Table]) -> Table | None:
        """The table, or None when it has faults. An absent table is read as an empty one."""
        return self._convert(name, self._tables.get(name, {}), kind)

    def tables(self, name: str, kind: type[Table]) -> list[Table]:
        """Every good entry of an array of tables (`[[name]]`)."""
        found = self._tables.get(name, [])
        if not isinstance(found, list):
            self.fault(f"[{name}] is one table; write [[{name}]] for each {name}")
            return []
        entries = [
            self._convert(f"{name} {number}", entry, kind)
            for number, entry in enumerate(found, start=1)
        ]
        return [entry for entry in entries if entry is not None]

    def fault(self, sentence: str) -> None:
        """Adds a fault that only the room could see."""
        self._faults.append(sentence)

    def finish(self) -> None:
        """Raises BadConfiguration with every fault found so far."""
        if self._faults:
            raise BadConfiguration(self._path, self._faults)

    def _load(self, known_tables: frozenset[str]) -> dict[str, Any]:
        try:
            tables = tomllib.loads(self._path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadConfiguration(self._path, [f"cannot be read: {error.strerror}"]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadConfiguration(self._path, [f"is not TOML: {error}"]) from error
        for name in sorted(tables.keys() - known_tables):
            known = ", ".join(sorted(known_tables))
            self.fault(f"[{name}] is not a table of this file; expected one of: {known}")
        return tables

    def _convert(self, where: str, found: object, kind: type[Table]) -> Table | None:
        if not isinstance(found, Mapping):
            self.fault(f"[{where}] found {found!r}; expected a table")
            return None
        before = len(self._faults)
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        for key in sorted(found.keys() - fields.keys()):
            self.fault(f"[{where}] {key} is not a key; expected one of: {', '.join(fields)}")
        values = {
            field.name: self._value(where, key, found[key], field.type)
            for key, field in fields.items()
            if key in found
        }
        for key, field in fields.items():
            if key not in found and field.required:
                self.fault(f"[{where}] {key} is missing")
        return kind(**values) if len(self._faults) == before else None

    def _value(self, where: str, key: str, found: object, kind: Any) -> Any:
        try:
            return msgspec.convert(found, kind)
        except msgspec.ValidationError as error:
            self.fault(f"[{where}] {key} found {found!r}; expected {_expected(kind, error)}")
            return None


def _expected(kind: Any, error: msgspec.ValidationError) -> str:
    """In words where the type has some: its own description, or the words it allows."""
    for note in getattr(kind, "__metadata__", ()):
        if isinstance(note, msgspec.Meta) and note.description:
            return note.description
    if get_origin(kind) is Literal:
        return "one of: " + ", ".join(map(str, get_args(kind)))
    return str(error).removeprefix("Expected ").split(", got")[0]
