"""`triporteur-device journal`: every record aboard, oldest first, with its UTC where known."""

import sys
from datetime import UTC, datetime, timedelta
from typing import TextIO

import msgspec

from triporteur_device.clock import system_clock
from triporteur_device.config import DeviceConfig
from triporteur_device.dating import boots
from triporteur_device.journal import JournalReader
from triporteur_wire.dating import When
from triporteur_wire.records import Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shown(msgspec.Struct, frozen=True):
    """A record as printed, with the names that the depot's `records` prints.

    `utc_ms` is None where its boot never learnt the time; it was certainly made between
    `not_before_ms` and `not_after_ms` (UTC too), each None where nobody knows.
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


def run(config: DeviceConfig, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Prints the journal. Raises sqlite3.Error when it cannot be read."""
    if not config.journal_path.exists():
        print(f"no journal at {config.journal_path} yet", file=sys.stderr)
        return 1
    reader = JournalReader(config.journal_path)
    try:
        known = boots(reader, system_clock(config.clock.trust).wall())
        for record in reader.records():
            when = known[record.boot_no].at(record.mono_ms)
            out.write((_as_json(record, when) if as_json else _as_text(record, when)) + "\n")
    finally:
        reader.close()
    return 0


def _as_json(record: Record, when: When) -> str:
    shown = Shown(
        record.log, record.seq, record.kind, record.boot_no, record.mono_ms, *when, record.body
    )
    return msgspec.json.encode(shown).decode()


def _as_text(record: Record, when: When) -> str:
    body = bytes(record.body).decode()
    return f"{_words(record, when)}  {record.log[:8]}/{record.seq}  {record.kind}  {body}"


def _words(record: Record, when: When) -> str:
    """`2026-11-22 09:00:00Z`, or `after … and before … (boot 7 +1 s)`."""
    if when.utc_ms is not None:
        return _instant(when.utc_ms)
    between = [
        f"{word} {_instant(at_ms)}"
        for word, at_ms in (("after", when.not_before_ms), ("before", when.not_after_ms))
        if at_ms is not None
    ]
    place = f"boot {record.boot_no} +{record.mono_ms / 1000:.0f} s"
    return f"{' and '.join(between)} ({place})" if between else place


def _instant(utc_ms: int) -> str:
    return f"{_EPOCH + timedelta(milliseconds=utc_ms):%Y-%m-%d %H:%M:%SZ}"
