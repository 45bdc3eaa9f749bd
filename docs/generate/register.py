"""`data-register.md`, from the registers of the rooms that store."""

from collections.abc import Iterable
from itertools import groupby
from textwrap import fill

import triporteur_depot.columns
import triporteur_device.delivery.columns
import triporteur_device.departure.columns
import triporteur_device.detection.columns
import triporteur_device.downlink.columns
import triporteur_device.identity.columns
import triporteur_device.journal.columns
import triporteur_device.updates.columns
import triporteur_kiosk.console.access.columns
import triporteur_kiosk.gate.keeper.columns
import triporteur_kiosk.public.columns
import triporteur_kiosk.usage.columns
from docs.generate.markdown import MADE, code, table
from triporteur_kiosk.usage.words import WORDS
from triporteur_wire.register import Column

_HEAD = f"""{MADE}

# Register of what is stored

Every column of every database, what it holds, why, and for how long. A column that is not here
fails the tests, and so does one whose name speaks of a person or of their device: no names of
people, telephone numbers, accounts, MAC or IP addresses, user agents, cookies or positions are
stored or sent, anywhere. Of the public, the kiosk stores how often something was used in an hour.
Where a `login` or a `token` is named here, it is a unit's own, drawn at random. Of a phone that the
team paired with a console, the unit keeps a number, two days, and the hash of a random secret.

**Nothing is deleted for its age in this version.** The journals aboard have a limit in bytes, and
delete to stay within it; the depot's database has none. What is kept "until deleted by hand" stays
until somebody removes the file.
"""
_DEVICE = """
## Aboard, the agent

`device.journal` and `boot.json`, in the folder that `[journal] directory` names; while that folder
cannot be used, beside the snapshot in RAM. A journal that is found damaged is set aside whole, as
`device.journal.broken-1`, and a new one begun; of those set aside the last two are kept. Beside
them, what the depot gave the unit: `settings.json`, `release.json` and `content/portal.json`;
`link.json`, what the month has cost; `detected.json`, what was found on its serial ports;
`plan.json`, the outings of today and tomorrow, which name places and nobody; and `readiness.json`,
what the verdict on leaving rests on. These two are written beside the snapshot while the folder
refuses. In the folder that `[identity] directory` names, what the unit is known by at its depot:
`current` leads to its papers, and a bundle is there until it was used. In RAM only, and gone with
the power: the snapshot, which is the last status, and why the unit is not let in.

In `/var/lib/triporteur-releases`, of root: releases, and what became of the last (`state.json`);
of the agent, in `incoming`: what comes, and is wanted ([updates.md](updates.md)).
"""
_KIOSK = f"""
## Aboard, the kiosk

`kiosk.journal`, where `[portal] journal` says; set aside when damaged like the agent's. One record
an hour, and one when the portal is told to end: the finest time that is written, of any visit. What
an hour counts is in RAM until then, and a power cut costs it. These words can be counted, each for
itself, no two together:

{fill(", ".join(map(code, WORDS)), 100, break_on_hyphens=False)}

A page counts when it is served, and so does the first language of the browser that asked for it; a
probe is a phone's question whether it is online. Who follows a link out of a page is not seen.

Beside it is `content.json`, the last good content that the depot sent; and in RAM only, where
`[snapshot] content` says, what the portal made of the last one.

The console keeps its key, its certificates and the list of paired phones in the folder that
`[console] directory` names; in RAM only, for ten minutes at most, hashes of a code for a phone. At
the depot a console is known by its key alone.
"""
_DEPOT = """
## At the depot

The file that `[database] path` names. The broker keeps each unit's last status and acknowledgement
(retained messages) until the next one replaces it: in memory, and on disk where its persistence is
on. Beside the file, in `releases`: the releases that units are offered, which are signed code.
"""
_HEADS = ("Column", "What", "Why", "Kept")


def text() -> str:
    return "".join(
        [
            _HEAD,
            _DEVICE,
            *_tables(triporteur_device.journal.columns.STORED),
            *_tables(triporteur_device.downlink.columns.STORED),
            *_tables(triporteur_device.delivery.columns.STORED),
            *_tables(triporteur_device.identity.columns.STORED),
            *_tables(triporteur_device.detection.columns.STORED),
            *_tables(triporteur_device.departure.columns.STORED),
            *_tables(triporteur_device.updates.columns.STORED),
            _KIOSK,
            *_tables(triporteur_kiosk.usage.columns.STORED),
            *_tables(triporteur_kiosk.public.columns.STORED),
            *_tables(triporteur_kiosk.console.access.columns.STORED),
            *_tables(triporteur_kiosk.gate.keeper.columns.STORED),
            _DEPOT,
            *_tables(triporteur_depot.columns.STORED),
        ]
    )


def _tables(columns: Iterable[Column]) -> Iterable[str]:
    for name, group in groupby(columns, lambda column: column.table):
        rows = [(code(each.column), each.what, each.why, each.kept) for each in group]
        yield f"\n### `{name}`\n\n{table(_HEADS, rows)}"
