"""The plain way: every sample a row, and a commit for each, into a journal of the same make.

`python -m bench.day.naive DAY JOURNAL ONE_IN RESULT` takes one sample in ONE_IN of the day.
"""

import os
import sys
from itertools import islice
from pathlib import Path

import msgspec

from bench.day import samples
from bench.processes import Cost, weigh
from triporteur_device.journal import JournalWriter
from triporteur_wire.records import Telemetry


def commit_each(day: Path, journal: Path, one_in: int) -> Cost:
    """Gives what the commits cost."""
    with JournalWriter(journal, 1, 0, "bench") as writer:
        before = weigh(os.getpid())
        for seen in islice(samples.read(day), 0, None, one_in):
            writer.append(seen.mono_ms, Telemetry(seen.source, dict(seen.values)))
            writer.commit()
        return weigh(os.getpid()).since(before)


if __name__ == "__main__":
    day, journal, one_in, result = sys.argv[1:]
    cost = commit_each(Path(day), Path(journal), int(one_in))
    Path(result).write_bytes(msgspec.json.encode(cost))
