"""`data-register.md`, from the registers of the rooms that store."""

from collections.abc import Iterable
from itertools import groupby

import triporteur_depot.columns
import triporteur_device.journal.columns
from docs.generate.markdown import MADE, code, table
from triporteur_wire.register import Column

_HEAD = f"""{MADE}

# Register of what is stored

Every column of every database, what it holds, why, and for how long. A column that is not here
fails the tests, and so does one whose name speaks of a person or of their device: no names of
people, telephone numbers, accounts, MAC or IP addresses, user agents, cookies or positions are
stored or sent, anywhere. The kiosk stores nothing.

**Nothing is deleted for its age in this version.** The journal aboard has a limit in bytes, and
deletes to stay within it; the depot's database has none. What is kept "until deleted by hand" stays
until somebody removes the file.
"""
_DEVICE = """
## Aboard

`device.journal` and `boot.json`, in the folder that `[journal] directory` names; while that folder
cannot be used, beside the snapshot in RAM. A journal that is found damaged is set aside whole, as
`device.journal.broken-1`, and a new one begun; of those set aside the last two are kept. In RAM
only, and gone with the power: the snapshot, which is the last status.
"""
_DEPOT = """
## At the depot

The file that `[database] path` names. The broker keeps each unit's last status and acknowledgement
(retained messages) until the next one replaces it: in memory, and on disk where its persistence is
on.
"""
_HEADS = ("Column", "What", "Why", "Kept")


def text() -> str:
    return "".join(
        [
            _HEAD,
            _DEVICE,
            *_tables(triporteur_device.journal.columns.STORED),
            _DEPOT,
            *_tables(triporteur_depot.columns.STORED),
        ]
    )


def _tables(columns: Iterable[Column]) -> Iterable[str]:
    for name, group in groupby(columns, lambda column: column.table):
        rows = [(code(each.column), each.what, each.why, each.kept) for each in group]
        yield f"\n### `{name}`\n\n{table(_HEADS, rows)}"
