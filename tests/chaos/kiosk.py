"""The kiosk's journal, with a second witness: the real keeper of usage, whose hour is short.

`python -m tests.chaos.kiosk --journal FILE --snapshot FILE --ledger FILE`
"""

import argparse
import random
import signal
import sys
import threading
from functools import partial
from pathlib import Path

from tests.chaos.ledger import Ledger, WitnessedWriter
from tests.chaos.replacing import put
from triporteur_kiosk.usage import journal, keeper
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.words import WORDS
from triporteur_wire.messages import Status, decode_status

_HOUR_MS = 300
_TURN_S = 0.1


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("--journal", "--snapshot", "--ledger"):
        parser.add_argument(name, type=Path, required=True)
    asked = parser.parse_args()
    put(journal, "JournalWriter", partial(WitnessedWriter, Ledger(asked.ledger), "FULL"))
    put(keeper, "HOUR_MS", _HOUR_MS)
    put(keeper, "_TURN_S", _TURN_S)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    counts, ack = Counts(), asked.snapshot.with_name("ack.json")
    kept = journal.UsageJournal(asked.journal, partial(_boot_no, asked.snapshot), ack, "chaos")
    threading.Thread(target=_visit, args=(counts, stop)).start()
    keeper.UsageKeeper(counts, kept, lambda: None).run(stop)
    return 0


def _boot_no(snapshot: Path) -> int | None:
    """What the agent tells, however old: its clock is not the machine's here."""
    if not snapshot.exists():
        return None
    said = decode_status(snapshot.read_bytes())
    return said.boot_no if isinstance(said, Status) else None


def _visit(counts: Counts, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        counts.add(random.choice(WORDS))


if __name__ == "__main__":
    sys.exit(main())
