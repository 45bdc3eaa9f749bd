"""`triporteur-depot settings`: what lies over a unit's own configuration."""

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from functools import partial
from typing import TextIO

import msgspec

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands.choosing import chosen
from triporteur_depot.commands.handing import add_manner, hand_over, manner
from triporteur_depot.commands.opening import reading
from triporteur_depot.commands.shown import Shown, shown
from triporteur_depot.config import DepotConfig
from triporteur_depot.downlink.ledger import SETTINGS, Given, applied, give, last
from triporteur_depot.downlink.verdicts import Outcome, verdict
from triporteur_depot.downlink.wording import changed, written
from triporteur_wire.parcels import MAX_PARCEL_BYTES, Applied, Settings

_NONE = Applied()


class _Unknown(AskedWrongly):
    """The unit says that it goes by settings that this database does not know."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("unit", nargs="?", metavar="UNIT")
    parser.add_argument(
        "changes",
        nargs="*",
        metavar="KEY=VALUE",
        help="mqtt.status_period_s=30: a number, true, false or text (in double quotes if it "
        "looks like one of these); without any, what is set is shown",
    )
    parser.add_argument(
        "--unset", action="append", default=[], metavar="KEY", help="back to the unit's own value"
    )
    parser.add_argument("--anew", action="store_true", help="forget everything set before")
    parser.add_argument("--all", action="store_true", help="every unit")
    add_manner(parser)


def run(config: DepotConfig, asked: argparse.Namespace, out: TextIO | None = None) -> int:
    """Raises AskedWrongly or NoDatabase."""
    words = [word for word in (asked.unit, *asked.changes) if word]
    units, changes = ([], words) if asked.all else (words[:1], words[1:])
    if not (changes or asked.unset or asked.anew):
        return _show(config, units, asked, out or sys.stdout)
    skipped: list[str] = []
    prepare = partial(_prepare, asked, units, changes, skipped)
    code = hand_over(config, prepare, manner(asked), out)
    for why in skipped:
        print(f"triporteur-depot: skipped: {why}", file=sys.stderr)
    return 1 if skipped else code


def _prepare(
    asked: argparse.Namespace,
    units: Sequence[str],
    changes: Sequence[str],
    skipped: list[str],
    connection: sqlite3.Connection,
) -> list[Given]:
    parcels = []
    for unit in chosen(connection, units, everyone=asked.all):
        try:
            before = {} if asked.anew else _before(connection, unit)
        except _Unknown as error:
            if not asked.all:
                raise
            skipped.append(str(error))  # one unit's word is no reason to leave the others out
            continue
        parcels.append(give(connection, unit, SETTINGS, changed(before, changes, asked.unset)))
        if (size := len(parcels[-1].payload)) > MAX_PARCEL_BYTES:
            raise AskedWrongly(f"{unit}: {size} bytes of settings; at most {MAX_PARCEL_BYTES} go")
    return parcels


def _before(connection: sqlite3.Connection, unit: str) -> Settings:
    """What is set; a change to settings that nobody here knows would silently drop them."""
    before = last(connection, unit, SETTINGS)
    said = applied(connection, unit).get(SETTINGS, _NONE)
    known = (before.revision, before.sha256) if before else (0, "")
    if said.revision and verdict(*known, said).outcome is Outcome.UNKNOWN:
        raise _Unknown(
            f"{unit} goes by settings that this database does not know (revision "
            f"{said.revision}); look at them aboard, then give them all with --anew"
        )
    return before.settings if before else {}


def _show(config: DepotConfig, units: Sequence[str], asked: argparse.Namespace, out: TextIO) -> int:
    with reading(config.database_path) as connection:
        for unit in chosen(connection, units, everyone=asked.all):
            one = last(connection, unit, SETTINGS)
            said = shown(connection, unit, SETTINGS, one)
            out.write(_as_json(said, one) if asked.json else _as_text(said, one))
    return 0


def _as_json(said: Shown, one: Given | None) -> str:
    told = msgspec.structs.asdict(said) | {"settings": one.settings if one else {}}
    return msgspec.json.encode(told).decode() + "\n"


def _as_text(said: Shown, one: Given | None) -> str:
    lines = [said.sentence]
    if one:
        lines += [f"  {key} = {written(value)}" for key, value in sorted(one.settings.items())]
    return "".join(line + "\n" for line in lines)
