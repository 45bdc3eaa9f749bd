"""When the journal's records were made, from its own anchors."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby

from triporteur_device.clock import WallTime
from triporteur_device.journal import JournalReader
from triporteur_wire.dating import CERTAIN, Anchored, Boot, Boots, bounded, guessed
from triporteur_wire.reading import Unreadable
from triporteur_wire.records import Anchor, decode_body

_Said = tuple[int, bool, Anchored]


def boots(journal: JournalReader, now: WallTime | None) -> Boots:
    """Every boot of the journal; `now` bounds what has no other bound, None while unknown.

    Anchors that cannot be read say nothing. Raises sqlite3.Error.
    """
    said = sorted(_said(journal), key=lambda one: (one[0], one[2].error_ms))
    latest_ms = now.utc_ms + now.error_ms if now and now.origin in CERTAIN else None
    seen = {
        boot_no: Boot(
            last_mono_ms,
            latest_ms=None if latest_ms is None else latest_ms - last_mono_ms,
        )
        for boot_no, last_mono_ms in journal.boots()
    }
    for boot_no, group in groupby(said, key=lambda one: one[0]):
        certain = [anchor for _, is_certain, anchor in group if is_certain]
        if certain:
            seen[boot_no] = Boot(seen[boot_no].last_mono_ms, certain[0], is_certain=True)
    known = bounded(seen)
    for boot_no, group in groupby(said, key=lambda one: one[0]):
        if not known[boot_no].is_certain:
            known[boot_no] = guessed(known[boot_no], [anchor for *_, anchor in group])
    return known


def _said(journal: JournalReader) -> Iterator[_Said]:
    for record in journal.anchors():
        body = None
        with suppress(Unreadable):
            body = decode_body(record.kind, record.body)
        if isinstance(body, Anchor):
            anchor = Anchored(record.mono_ms, body.utc_ms, body.error_ms)
            yield record.boot_no, body.origin in CERTAIN, anchor
