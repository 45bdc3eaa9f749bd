"""`triporteur-device journal`: every record aboard, oldest first, with its UTC where known."""

import json
import sys
from datetime import UTC, datetime
from typing import TextIO

from triporteur_device.config import DeviceConfig
from triporteur_device.journal import JournalReader
from triporteur_wire.records import Record


def run(config: DeviceConfig, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Prints the journal. Raises sqlite3.Error when it cannot be read."""
    if not config.journal_path.exists():
        print(f"no journal at {config.journal_path} yet", file=sys.stderr)
        return 1
    reader = JournalReader(config.journal_path)
    try:
        offsets = {log.log: log.utc_offset_ms for log in reader.logs()}
        for record in reader.records():
            shown = _as_json if as_json else _as_text
            out.write(shown(record, offsets.get(record.log)) + "\n")
    finally:
        reader.close()
    return 0


def _as_json(record: Record, offset_ms: int | None) -> str:
    return json.dumps(
        {
            "log": record.log,
            "seq": record.seq,
            "kind": record.kind,
            "boot_no": record.boot_no,
            "mono_ms": record.mono_ms,
            "utc_ms": None if offset_ms is None else record.mono_ms + offset_ms,
            "body": json.loads(bytes(record.body)),
        },
        ensure_ascii=False,
    )


def _as_text(record: Record, offset_ms: int | None) -> str:
    if offset_ms is None:
        when = f"boot {record.boot_no} +{record.mono_ms / 1000:.0f} s"
    else:
        when = (
            f"{datetime.fromtimestamp((record.mono_ms + offset_ms) / 1000, UTC):%Y-%m-%d %H:%M:%SZ}"
        )
    return f"{when}  {record.log[:8]}/{record.seq}  {record.kind}  {bytes(record.body).decode()}"
