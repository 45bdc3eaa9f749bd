"""`triporteur-depot content`: what the public's pages show, file by file."""

import argparse
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_depot.commands.choosing import chosen
from triporteur_depot.commands.handing import Fate, add_manner, hand_over, in_words, manner
from triporteur_depot.commands.opening import reading
from triporteur_depot.commands.shown import shown
from triporteur_depot.config import DepotConfig
from triporteur_depot.downlink import content
from triporteur_depot.downlink.ledger import SETTINGS, Given, applied, give, last, take_back
from triporteur_wire.topics import Channel

_WITHDRAWN = {
    Fate.APPLIED: "withdrawn",
    Fate.REFUSED: "not withdrawn; {unit} goes on with it: {faults}",
    Fate.UNKNOWN: "withdrawn; but it goes by another, which this database does not know",
    Fate.REPLACED: "withdrawn; but another push or withdraw took its place meanwhile",
    Fate.WAITING: "withdrawn; not answered yet",
    Fate.AWAY: "withdrawn; {unit} is told once it is back",
    Fate.UNSENT: "withdrawn; {unit} is told once the depot hears it again",
}


def add_arguments(
    parser: argparse.ArgumentParser, add_common: Callable[[argparse.ArgumentParser], None]
) -> None:
    """`add_common` adds what every command takes."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    push = actions.add_parser("push", help="give units a content file")
    add_common(push)
    push.add_argument("name", metavar="NAME", help="as `portal`: which content it is aboard")
    push.add_argument("file", type=Path, metavar="FILE", help="TOML, UTF-8")
    push.add_argument("units", nargs="*", metavar="UNIT")
    push.add_argument("--all", action="store_true", help="every unit")
    add_manner(push)
    back = actions.add_parser("withdraw", help="take a content back")
    add_common(back)
    back.add_argument("name", metavar="NAME")
    back.add_argument("units", nargs="*", metavar="UNIT")
    back.add_argument("--all", action="store_true", help="every unit")
    add_manner(back)
    show = actions.add_parser("show", help="which contents a unit was given")
    add_common(show)
    show.add_argument("unit", metavar="UNIT")
    show.add_argument("--json", action="store_true", help="one JSON object a line")


def run(config: DepotConfig, asked: argparse.Namespace, out: TextIO | None = None) -> int:
    """Raises AskedWrongly or NoDatabase."""
    if asked.action == "show":
        return _show(config, asked, out or sys.stdout)
    channel = content.channel(asked.name)
    if asked.action == "withdraw":
        say = in_words(_WITHDRAWN, f"{channel}, ")
        return hand_over(config, partial(_take_back, asked, channel), manner(asked), out, say)
    text = content.read(asked.file)
    return hand_over(config, partial(_prepare, asked, channel, text), manner(asked), out)


def _prepare(
    asked: argparse.Namespace, channel: str, text: str, connection: sqlite3.Connection
) -> list[Given]:
    units = chosen(connection, asked.units, everyone=asked.all)
    return [give(connection, unit, channel, text) for unit in units]


def _take_back(
    asked: argparse.Namespace, channel: str, connection: sqlite3.Connection
) -> list[Given]:
    units = chosen(connection, asked.units, everyone=asked.all)
    return [take_back(connection, unit, channel) for unit in units]


def _show(config: DepotConfig, asked: argparse.Namespace, out: TextIO) -> int:
    with reading(config.database_path) as connection:
        [unit] = chosen(connection, [asked.unit], everyone=False)
        found = [
            shown(connection, unit, channel, last(connection, unit, channel))
            for channel in _channels(connection, unit)
        ]
    lines = [
        msgspec.json.encode(said).decode() if asked.json else said.sentence
        for said in found
        if not said.is_gone
    ]
    if not lines and not asked.json:
        lines = [f"{unit}: no content was given"]
    out.writelines(f"{line}\n" for line in lines)
    return 0


def _channels(connection: sqlite3.Connection, unit: str) -> list[str]:
    """What was given, and what the unit says it has."""
    rows = connection.execute(
        "SELECT channel FROM parcels JOIN units ON units.id = unit_id WHERE name = ?", (unit,)
    )
    found = {*(channel for (channel,) in rows), *applied(connection, unit)}
    return sorted(found - {SETTINGS, Channel.RELEASE})
