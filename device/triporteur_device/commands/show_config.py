"""`triporteur-device run --show-config`: every key of the agent's, its value, and where from."""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import msgspec

from triporteur_device.config import DeviceConfig
from triporteur_device.downlink import Downlink, settled


class _Row(NamedTuple):
    key: str
    value: str
    origin: str


def run(path: Path, out: TextIO = sys.stdout) -> int:
    """Prints what counts when the agent starts. Raises BadConfiguration."""
    config, downlink = settled(path)
    rows = list(_rows(config, path, downlink))
    wide, wider = (max(len(row[column]) for row in rows) for column in (0, 1))
    out.writelines(f"{row.key:{wide}}  {row.value:{wider}}  {row.origin}\n" for row in rows)
    out.writelines(f"{line}\n" for line in _left_out(downlink))
    return 0


def _rows(config: DeviceConfig, path: Path, downlink: Downlink) -> Iterator[_Row]:
    file = tomllib.loads(path.read_text(encoding="utf-8"))
    for where, table, found in _tables(config, file):
        for field in msgspec.structs.fields(table):
            key = f"{where}.{field.name}"
            value = msgspec.json.encode(getattr(table, field.name)).decode()
            if key in downlink.settings:
                origin = f"settings, revision {downlink.revision}"
            else:
                origin = path.name if field.name in found else "default"
            yield _Row(key, value, origin)


def _tables(
    config: DeviceConfig, file: Mapping[str, Any]
) -> Iterator[tuple[str, msgspec.Struct, Mapping[str, Any]]]:
    """Each table with the words that stand before its keys, and what the file says of it."""
    for field in config.__struct_fields__:
        if field == "sources":
            for source, found in zip(config.sources, file.get("source", []), strict=True):
                yield f"source.{source.name}", source, found
        else:
            yield field, getattr(config, field), file.get(field, {})


def _left_out(downlink: Downlink) -> Iterator[str]:
    settings = downlink.applied().get("settings")
    if settings and settings.refused:
        yield f"The settings of revision {settings.refused} do not fit, and are left out:"
        yield from settings.faults
