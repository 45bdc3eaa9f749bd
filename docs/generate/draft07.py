"""msgspec writes JSON Schema 2020-12 with Python's patterns; AsyncAPI 3.0 reads draft 07."""

import inspect
from typing import Any


def draft07(schema: Any) -> Any:
    """The same schema in draft 07, its descriptions without the indentation of docstrings."""
    match schema:
        case {"prefixItems": items, **rest}:
            return draft07({**rest, "items": items})
        case dict():
            return {key: _value(key, value) for key, value in schema.items()}
        case list():
            return [draft07(each) for each in schema]
    return schema


def portable(pattern: str) -> str:
    r"""The pattern as ECMAScript reads it, whose `$` is the end and which has no `\Z`."""
    return pattern.replace(r"\Z", "$")


def _value(key: str, value: Any) -> Any:
    if key == "pattern" and isinstance(value, str):
        return portable(value)
    if key == "description" and isinstance(value, str):
        return inspect.cleandoc(value)
    return draft07(value)
