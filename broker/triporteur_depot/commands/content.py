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
from triporteur_depot.commands.handing import add_manner, away, hand_over, manner
from triporteur_depot.commands.opening import reading, writing
from triporteur_depot.commands.shown import shown
from triporteur_depot.config import DepotConfig
from triporteur_depot.downlink import content
from triporteur_depot.downlink.ledger import SETTINGS, Given, applied, forget, give, last
from triporteur_wire.topics import ROOT, Channel


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
    show = actions.add_parser("show", help="which contents a unit was given")
    add_common(show)
    show.add_argument("unit", metavar="UNIT")
    show.add_argument("--json", action="store_true", help="one JSON object a line")


def run(config: DepotConfig, asked: argparse.Namespace, out: TextIO | None = None) -> int:
    """Raises AskedWrongly or NoDatabase; NotSent when a content is withdrawn."""
    if asked.action == "show":
        return _show(config, asked, out or sys.stdout)
    if asked.action == "withdraw":
        return _withdraw(config, asked, out or sys.stdout)
    channel, text = content.channel(asked.name), content.read(asked.file)
    return hand_over(config, partial(_prepare, asked, channel, text), manner(asked), out)


def _prepare(
    asked: argparse.Namespace, channel: str, text: str, connection: sqlite3.Connection
) -> list[Given]:
    units = chosen(connection, asked.units, everyone=asked.all)
    return [give(connection, unit, channel, text) for unit in units]


def _withdraw(config: DepotConfig, asked: argparse.Namespace, out: TextIO) -> int:
    # What only looks should not pay for paho.
    from triporteur_depot.downlink.sender import Sender

    channel, mqtt = content.channel(asked.name), config.mqtt
    with writing(config.database_path) as connection:
        units, gone = chosen(connection, asked.units, everyone=asked.all), away(connection)
        with Sender(mqtt.host, mqtt.port, mqtt.password()) as sender:
            for unit in units:
                sender.send(f"{ROOT}/{unit}/{channel}", b"")
                forget(connection, unit, channel)
                left = f"; {unit} is away, and keeps what it has" if unit in gone else ""
                out.write(f"{unit}: {channel}, withdrawn{left}\n")
    return 0


def _show(config: DepotConfig, asked: argparse.Namespace, out: TextIO) -> int:
    with reading(config.database_path) as connection:
        [unit] = chosen(connection, [asked.unit], everyone=False)
        channels = _channels(connection, unit)
        for channel in channels:
            said = shown(connection, unit, channel, last(connection, unit, channel))
            out.write((msgspec.json.encode(said).decode() if asked.json else said.sentence) + "\n")
        if not channels and not asked.json:
            out.write(f"{unit}: no content was given\n")
    return 0


def _channels(connection: sqlite3.Connection, unit: str) -> list[str]:
    """What was given, and what the unit says it has."""
    rows = connection.execute(
        "SELECT channel FROM parcels JOIN units ON units.id = unit_id WHERE name = ?", (unit,)
    )
    found = {*(channel for (channel,) in rows), *applied(connection, unit)}
    return sorted(found - {SETTINGS, Channel.RELEASE})
