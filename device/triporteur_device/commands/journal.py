"""`triporteur-device journal`: every record aboard, oldest first, with its UTC where known."""

import sys
from typing import TextIO

from triporteur_device.clock import system_clock
from triporteur_device.config import DeviceConfig
from triporteur_device.dating import boots
from triporteur_device.journal import JournalReader
from triporteur_wire import listing


def run(config: DeviceConfig, *, as_json: bool, out: TextIO | None = None) -> int:
    """Prints the journal. Raises sqlite3.Error when it cannot be read."""
    if not config.journal_path.exists():
        print(f"no journal at {config.journal_path} yet", file=sys.stderr)
        return 1
    out = out or sys.stdout
    show = listing.as_json if as_json else listing.as_text
    reader = JournalReader(config.journal_path)
    try:
        known = boots(reader, system_clock(config.clock.trust).wall())
        for record in reader.records():
            when = known[record.boot_no].at(record.mono_ms)
            out.write(show(listing.listed(record, when)) + "\n")
    finally:
        reader.close()
    return 0
