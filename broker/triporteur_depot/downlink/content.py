"""A content file, checked as far as the depot can: the unit's kiosk judges what it says."""

import tomllib
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_wire.parcels import MAX_PARCEL_BYTES, pack
from triporteur_wire.topics import Channel, parse, topic

#: Longer than any.
_LATEST_REVISION = 2**53 - 1


def channel(name: str) -> str:
    """The channel of a content. Raises AskedWrongly for a name that none can have."""
    if parse(topic("unit", Channel.CONTENT, name)) is None or not name:
        raise AskedWrongly(
            f"{name!r} cannot name a content; write 1 to 32 lower case letters, digits and hyphens"
        )
    return f"{Channel.CONTENT}/{name}"


def read(path: Path) -> str:
    """The text of the file. Raises AskedWrongly, with a sentence on what is wrong with it."""
    raw = _bytes(path)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise AskedWrongly(f"{path}: line {line} is no UTF-8; save the file as UTF-8") from error
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AskedWrongly(f"{path} is not TOML: {error}") from error
    if (size := len(pack(_LATEST_REVISION, text))) > MAX_PARCEL_BYTES:
        raise AskedWrongly(_too_large(path, f"makes a message of {size} bytes"))
    return text


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_PARCEL_BYTES + 1)
    except OSError as error:
        raise AskedWrongly(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > MAX_PARCEL_BYTES:
        raise AskedWrongly(_too_large(path, f"is larger than {MAX_PARCEL_BYTES} bytes"))
    return raw


def _too_large(path: Path, what: str) -> str:
    return f"{path} {what}; units take at most {MAX_PARCEL_BYTES}, for 4G is counted: shorten it"
