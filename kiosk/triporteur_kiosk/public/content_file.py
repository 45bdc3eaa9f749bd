"""Reads a content, from the file or as the depot sent it, and tells all of its faults at once."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from triporteur_kiosk.public.content import (
    Content,
    Emergency,
    Partner,
    Phrases,
    Shared,
    Visit,
)
from triporteur_kiosk.public.pages import MAX_PAGE_BYTES, Pages
from triporteur_kiosk.public.themes import THEMES
from triporteur_wire.configuration import BadConfiguration

MAX_PARTNERS_PER_THEME = 8
MAX_EMERGENCIES = 6
_TO_VERIFY = "to verify"
_LISTS: Mapping[str, type[msgspec.Struct]] = {
    "partner": Partner,
    "shared": Shared,
    "emergency": Emergency,
    "visit": Visit,
}


class ContentFaults(BadConfiguration):
    """The content cannot be used; `faults` holds one sentence for each thing to correct."""


def load_content(path: Path) -> Content:
    """The content at `path`, checked. Raises ContentFaults with every fault found."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentFaults(path, [f"cannot be read as TOML: {error}"]) from error
    return parse_content(text, path)


def parse_content(text: str, path: Path) -> Content:
    """The content that `text` is, checked. `path` is what the faults are told of.

    Raises ContentFaults with every fault found.
    """
    try:
        tables = tomllib.loads(text)
        faults = list(_table_faults(tables))
    # Python refuses integers of 4301 digits with a ValueError that is no TOMLDecodeError.
    except (ValueError, RecursionError) as error:
        raise ContentFaults(path, [f"cannot be read as TOML: {error}"]) from error
    if not faults:
        content = msgspec.convert(tables, Content)
        faults = list(_content_faults(content)) or list(_page_faults(content))
    if faults:
        raise ContentFaults(path, faults)
    return content


def _table_faults(tables: dict[str, Any]) -> Iterator[str]:
    for name in tables.keys() - {"phrases", *_LISTS}:
        yield f"{name}: found this table, expected phrases, {', '.join(_LISTS)}"
    yield from _row_faults("phrases", tables.get("phrases"), Phrases)
    for name, row_type in _LISTS.items():
        rows = tables.get(name, [])
        if not isinstance(rows, list):
            yield f"{name}: found {_shown(rows)}, expected tables headed [[{name}]]"
            continue
        for number, row in enumerate(rows, start=1):
            yield from _row_faults(f"{name} {number}", row, row_type)


def _row_faults(where: str, row: object, row_type: type[msgspec.Struct]) -> Iterator[str]:
    if not isinstance(row, dict):
        yield f"{where}: found {_shown(row)}, expected a table"
        return
    fields = {each.encode_name: each for each in msgspec.structs.fields(row_type)}
    for key in row.keys() - fields.keys():
        yield f"{where}, {key}: found this key, expected {', '.join(fields)}"
    if row.get("verified") == _TO_VERIFY:
        row["verified"] = None
    for key, each in fields.items():
        expected = get_args(each.type)[-1].description
        if key not in row:
            if each.required:
                yield f"{where}, {key}: found nothing, expected {expected}"
        elif not _is(row[key], each.type):
            yield f"{where}, {key}: found {_shown(row[key])}, expected {expected}"


def _is(value: object, field_type: Any) -> bool:
    try:
        msgspec.convert(value, field_type)
    except msgspec.ValidationError:
        return False
    return True


def _content_faults(content: Content) -> Iterator[str]:
    for theme in THEMES:
        count = len(content.partners_of(theme.key))
        if not 1 <= count <= MAX_PARTNERS_PER_THEME:
            yield (
                f"partner, themes: found {count} of {theme.key}, "
                f"expected 1 to {MAX_PARTNERS_PER_THEME}"
            )
    known = {shared.name for shared in content.shared}
    for number, partner in enumerate(content.partners, start=1):
        for name in set(partner.shared) - known:
            yield f"partner {number}, shared: found {name!r}, expected a [[shared]] of that name"
    if not 1 <= len(content.emergencies) <= MAX_EMERGENCIES:
        yield f"emergency: found {len(content.emergencies)}, expected 1 to {MAX_EMERGENCIES}"
    for number, visit in enumerate(content.visits, start=1):
        if visit.ends <= visit.starts:
            yield f"visit {number}, to: found {visit.ends}, expected later than {visit.starts}"


def _page_faults(content: Content) -> Iterator[str]:
    """The pages that would not reach a phone in the first packets of an answer."""
    heaviest: dict[str, int] = {}
    for path, page in Pages(content).every():
        heaviest[path] = max(len(page), heaviest.get(path, 0))
    for path, size in heaviest.items():
        if size > MAX_PAGE_BYTES:
            yield (
                f"page {path}: found {size} bytes, expected at most {MAX_PAGE_BYTES}; "
                "shorten its texts or leave some out"
            )


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
