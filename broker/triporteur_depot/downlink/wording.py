"""Settings as a person types them: `key=value`."""

import math
import re
from collections.abc import Iterable

import msgspec

from triporteur_depot.asked import AskedWrongly
from triporteur_wire.configuration import UNIT_TABLES
from triporteur_wire.parcels import Scalar, Settings

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {"true": True, "false": False}
#: Beyond, not every language keeps a whole number exactly.
_LARGEST = 2**53


def changed(before: Settings, changes: Iterable[str], unset: Iterable[str]) -> Settings:
    """The settings with these changes. Raises AskedWrongly."""
    after = dict(before)
    for key in unset:
        if key not in after:
            known = ", ".join(sorted(before)) or "nothing"
            raise AskedWrongly(f"{key} is not set, so it cannot be unset; set is: {known}")
        del after[key]
    after.update(change(text) for text in changes)
    return after


def change(text: str) -> tuple[str, Scalar]:
    """`mqtt.status_period_s=30` as key and value. Raises AskedWrongly.

    Numbers are numbers, `true` and `false` are yes and no, all else is text; text that looks like
    one of these stands in double quotes.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise AskedWrongly(f"{text!r} is no setting; write key=value")
    if not _KEY.fullmatch(key):
        raise AskedWrongly(
            f"{key!r} is no key; write the table and the key of unit.toml, as mqtt.status_period_s"
        )
    table = key.partition(".")[0]
    if table not in UNIT_TABLES:
        known = ", ".join(sorted(UNIT_TABLES))
        raise AskedWrongly(f"{key}: unit.toml has no table [{table}]; it has {known}")
    return key, _value(key, value)


def written(value: Scalar) -> str:
    """The value as `change` reads it."""
    if isinstance(value, str):
        plain = value and _is_text(value) and value.isprintable()
        return value if plain else msgspec.json.encode(value).decode()
    return msgspec.json.encode(value).decode()


def _is_text(value: str) -> bool:
    return value not in _WORDS and not _NUMBER.fullmatch(value) and not value.startswith('"')


def _value(key: str, text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return _number(key, text)
    if text.startswith('"'):
        return _quoted(key, text)
    if not text:
        raise AskedWrongly(f"{key} has no value; take it away with --unset {key}")
    return _utf8(key, text)


def _number(key: str, text: str) -> int | float:
    number = int(text) if _INTEGER.fullmatch(text) and len(text) < 20 else float(text)
    if not math.isfinite(number) or abs(number) >= _LARGEST:
        raise AskedWrongly(f"{key}: {text} is larger than any setting; write a smaller number")
    return number


def _quoted(key: str, text: str) -> str:
    try:
        return _utf8(key, msgspec.json.decode(text, type=str))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise AskedWrongly(
            f"{key}: {text!r} is no quoted text ({error}); close it with a double quote"
        ) from error


def _utf8(key: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise AskedWrongly(f"{key}: the value is no UTF-8; type it on a UTF-8 terminal") from error
    return text
