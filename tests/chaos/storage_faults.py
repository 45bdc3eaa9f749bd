"""Storage that fails: aboard, and at the depot."""

import os
import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path

from tests.chaos.field import Field
from tests.chaos.schedule import Fault, Step, Undo

_PAGE_BYTES = 4096
_LATEST_CUT = 400


def _unit_card(mood: str) -> Fault:
    def fault(field: Field, step: Step) -> Undo:
        card = field.units[step.unit].card
        card.ail(mood)
        return card.ail

    return fault


def _depot_card(mood: str) -> Fault:
    def fault(field: Field, step: Step) -> Undo:
        field.card.ail(mood)
        return field.card.ail

    return fault


def unit_power_cut(field: Field, step: Step) -> Undo:
    """The unit's power goes amid its writing; it comes back as another boot."""
    unit, dice = field.units[step.unit], random.Random(step.seed)
    unit.start()  # only one who writes meets the cut
    unit.card.cut(dice.randrange(_LATEST_CUT), step.seed)
    unit.part.kill()
    unit.card.replug()
    unit.reboot()
    return unit.start


def depot_power_cut(field: Field, step: Step) -> Undo:
    field.depot.start()
    field.card.cut(random.Random(step.seed).randrange(_LATEST_CUT), step.seed)
    field.depot.kill()
    field.card.replug()
    return field.depot.start


def damaged_journal(field: Field, step: Step) -> Undo:
    """Whole pages or the file's end are lost, as a worn card loses them."""
    unit = field.units[step.unit]
    unit.part.kill()
    _fill_main_file(unit.journal)
    _damage(unit.journal, random.Random(step.seed))
    return unit.start


def short_wal(field: Field, step: Step) -> Undo:
    """The side file ends early: the card had not kept what it acknowledged."""
    unit, dice = field.units[step.unit], random.Random(step.seed)
    unit.part.kill()
    wal = unit.journal.with_name(unit.journal.name + "-wal")
    if wal.exists():
        os.truncate(wal, dice.randrange(wal.stat().st_size + 1))
    return unit.start


def damaged_depot(field: Field, step: Step) -> Undo:
    field.depot.kill()
    _fill_main_file(field.database)
    _damage(field.database, random.Random(step.seed))
    return field.depot.start


def _fill_main_file(path: Path) -> None:
    """Brings what it can into the main file, so that there is something to damage.

    The side file stays, as after any sudden end.
    """
    wal = path.with_name(path.name + "-wal")
    if not wal.exists():
        return  # what there is is in the main file already
    kept = wal.read_bytes()
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        kept = wal.read_bytes()
    wal.write_bytes(kept)


def _damage(path: Path, dice: random.Random) -> None:
    size = path.stat().st_size
    harm: Callable[[Path, random.Random, int], None] = dice.choice((_shorten, _blank, _scramble))
    harm(path, dice, size)


def _shorten(path: Path, dice: random.Random, size: int) -> None:
    os.truncate(path, dice.randrange(size))


def _blank(path: Path, dice: random.Random, size: int) -> None:
    _overwrite(path, dice.randrange(size // _PAGE_BYTES), bytes(_PAGE_BYTES))


def _scramble(path: Path, dice: random.Random, size: int) -> None:
    _overwrite(path, dice.randrange(size // _PAGE_BYTES), dice.randbytes(_PAGE_BYTES))


def _overwrite(path: Path, page: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(page * _PAGE_BYTES)
        file.write(content)


STORAGE_FAULTS: Mapping[str, Fault] = {
    "card full": _unit_card("full"),
    "card read-only": _unit_card("read-only"),
    "card fails": _unit_card("failing"),
    "power cut": unit_power_cut,
    "journal damaged": damaged_journal,
    "journal's WAL cut short": short_wal,
    "depot's disk full": _depot_card("full"),
    "depot's disk read-only": _depot_card("read-only"),
    "depot's disk fails": _depot_card("failing"),
    "depot's power cut": depot_power_cut,
    "depot's database damaged": damaged_depot,
}
