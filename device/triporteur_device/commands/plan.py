"""`triporteur-device status --plan HOURS`: what a time without the depot would mean."""

import sys
from typing import TextIO

import msgspec

from triporteur_device.config import DeviceConfig
from triporteur_device.journal import JournalReader
from triporteur_device.plan import LINK_BIT_S, Plan, TooYoung, foretell


def run(config: DeviceConfig, hours: float, *, as_json: bool, out: TextIO = sys.stdout) -> int:
    """Prints what `hours` without the depot would mean; 1 while nobody can say.

    Raises sqlite3.Error when the journal cannot be read.
    """
    reader = JournalReader(config.journal_path)
    try:
        budget_bytes = config.journal.budget_mb * 1_000_000
        used_bytes = config.journal_path.stat().st_size
        found = foretell(reader, hours, used_bytes, budget_bytes, config.mqtt.backlog_share)
    except TooYoung as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        reader.close()
    if as_json:
        out.write(msgspec.json.encode(found).decode() + "\n")
    else:
        out.writelines(line + "\n" for line in _foretold(found, config))
    return 0


def _foretold(found: Plan, config: DeviceConfig) -> list[str]:
    thinned = (
        "never full"
        if found.thinned_after_h is None
        else f"telemetry is thinned after {found.thinned_after_h / 24:.0f} days"
    )
    return [
        f"{found.hours:g} h without the depot, by the last {found.measured_h:.1f} h aboard "
        f"({found.records_per_h:.0f} records an hour):",
        f"  records      {found.records}",
        f"  on the card  {found.card_bytes / 1e6:.1f} MB more; of {config.journal.budget_mb} MB, "
        f"{thinned}",
        f"  to send      {found.wire_bytes / 1e6:.2f} MB; at {LINK_BIT_S / 1000:.0f} kbit/s and a "
        f"share of {config.mqtt.backlog_share:g} of the link, {found.send_s / 60:.0f} min",
    ]
