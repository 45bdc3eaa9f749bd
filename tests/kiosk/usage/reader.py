"""`python reader.py JOURNAL [UID GID]`: what a journal counts, as JSON.

One line for each line of its input, from one opening of the file: as that user, and of that group
alone, when they are named.
"""

import json
import os
import sys
from collections import Counter
from pathlib import Path

from triporteur_device.journal import JournalReader
from triporteur_wire.records import USAGE, Usage, decode_body


def counted(reader: JournalReader) -> Counter[str]:
    """The sum over all hours."""
    total: Counter[str] = Counter()
    for record in reader.records():
        body = decode_body(record.kind, record.body) if record.kind == USAGE else None
        if isinstance(body, Usage):
            total.update(body.counts)
    return total


def main(path: str, *user: str) -> None:
    if user:
        uid, gid = map(int, user)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    reader = JournalReader(Path(path))
    for _ in sys.stdin:
        print(json.dumps(counted(reader)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
