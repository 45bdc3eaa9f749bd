"""Records as both ends print them, one a line: the same line aboard and at the depot."""

from datetime import UTC, date, datetime, timedelta

import msgspec

from triporteur_wire.dating import When
from triporteur_wire.records import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: A line end of a body stands between its tokens: within a string it is escaped.
_ONE_LINE = bytes.maketrans(bytes(range(32)), b" " * 32)


class Listed(msgspec.Struct, frozen=True):
    """A record as printed; `utc_ms` is None where its boot never learnt the time.

    It was certainly made between `not_before_ms` and `not_after_ms` (UTC too), each None where
    nobody knows.

    The body is not opened: whatever a unit wrote, it is printed as it was written.
    """

    log: str
    seq: int
    kind: str
    boot_no: int
    mono_ms: int
    utc_ms: int | None
    not_before_ms: int | None
    not_after_ms: int | None
    body: msgspec.Raw


def listed(record: Record, when: When) -> Listed:
    return Listed(
        record.log, record.seq, record.kind, record.boot_no, record.mono_ms, *when, record.body
    )


def as_json(record: Listed) -> str:
    """One JSON object, on one line."""
    return msgspec.json.encode(record).translate(_ONE_LINE).decode(errors="replace")


def as_text(record: Listed) -> str:
    """For a person; what cannot be printed is a space."""
    body = bytes(record.body).decode(errors="replace")
    line = f"{_when(record)}  {record.log[:8]}/{record.seq}  {record.kind}  {body}"
    return "".join(letter if letter.isprintable() else " " for letter in line)


def day(utc_ms: int) -> date:
    """The day of UTC."""
    return (_EPOCH + timedelta(milliseconds=utc_ms)).date()


def _when(record: Listed) -> str:
    """`2026-11-22 09:00:00Z`, or `between … and … (boot 7 +1000 ms)`."""
    if record.utc_ms is not None:
        return _instant(record.utc_ms)
    place = f"boot {record.boot_no} +{record.mono_ms} ms"
    first_ms, last_ms = record.not_before_ms, record.not_after_ms
    if first_ms is not None and last_ms is not None:
        return f"between {_instant(first_ms)} and {_instant(last_ms)} ({place})"
    if first_ms is not None:
        return f"after {_instant(first_ms)} ({place})"
    return place if last_ms is None else f"before {_instant(last_ms)} ({place})"


def _instant(utc_ms: int) -> str:
    return f"{_EPOCH + timedelta(milliseconds=utc_ms):%Y-%m-%d %H:%M:%SZ}"
