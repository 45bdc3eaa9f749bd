"""`triporteur-depot units`: how every unit fares, who needs someone first."""

import argparse
import sqlite3
import sys
from typing import TextIO

import msgspec

from triporteur_depot.clock import utc_ms
from triporteur_depot.commands import figures
from triporteur_depot.commands.choosing import present
from triporteur_depot.commands.opening import reading
from triporteur_depot.config import DepotConfig
from triporteur_depot.pages.queries import Unit, all_units
from triporteur_depot.pages.urgency import Severity, order, situation
from triporteur_wire.messages import LinkUse

_TITLES = (
    "UNIT",
    "PLACE",
    "STATE",
    "HEARD",
    "WAITING",
    "OLDEST",
    "GIVEN UP",
    "CARD FREE",
    "4G",
    "CERTIFIED",
    "VERSION",
)


class Faring(msgspec.Struct, frozen=True):
    """A unit, as printed. What is None is not known; of a silent unit, nobody knows what waits.

    `given_up` counts records that will never arrive; `given_up_more` says that there are others,
    that nobody could count.
    """

    unit: str
    place: str
    state: str
    heard_utc_ms: int | None
    waiting: int | None
    oldest_waiting_s: float | None
    given_up: int
    given_up_more: bool
    card_free_bytes: int | None
    card_error: str
    link: LinkUse | None
    certified_until_utc_ms: int | None
    version: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(config: DepotConfig, asked: argparse.Namespace, out: TextIO | None = None) -> int:
    """Raises NoDatabase."""
    now_ms = utc_ms()
    with reading(config.database_path) as connection:
        found = fleet(connection, now_ms)
    out = out or sys.stdout
    if asked.json:
        out.writelines(msgspec.json.encode(one).decode() + "\n" for one in found)
    elif found:
        out.writelines(_table([_TITLES, *(_cells(one, now_ms) for one in found)]))
    else:
        out.write("no unit was ever heard\n")
    return 0


def fleet(connection: sqlite3.Connection, now_ms: int) -> list[Faring]:
    """The units that are not retired, in the order of the fleet page. Raises sqlite3.Error."""
    there = set(present(connection))
    found = [unit for unit in all_units(connection, now_ms) if unit.name in there]
    found.sort(key=lambda unit: order(unit, situation(unit, now_ms)))
    return [_faring(unit, situation(unit, now_ms).severity) for unit in found]


def _faring(unit: Unit, severity: Severity) -> Faring:
    said = unit.status
    now = None if severity is Severity.SILENT else said
    return Faring(
        unit=unit.name,
        place=said.place if said else "",
        state=severity.name.lower(),
        heard_utc_ms=unit.heard_ms,
        waiting=now.delivery.waiting if now else None,
        oldest_waiting_s=now.delivery.oldest_waiting_s if now else None,
        given_up=unit.storage.given_up_records,
        given_up_more=any(lost.records is None for lost in unit.storage.given_up),
        card_free_bytes=now.card.free_bytes if now else None,
        card_error=now.card.error if now else "",
        link=said.link if said else None,
        certified_until_utc_ms=said.certified_until_utc_ms if said else None,
        version=said.version if said else "",
    )


def _cells(one: Faring, now_ms: int) -> tuple[str, ...]:
    return (
        one.unit,
        figures.plain(one.place),
        one.state,
        figures.ago(one.heard_utc_ms, now_ms),
        figures.count(one.waiting),
        figures.duration(one.oldest_waiting_s),
        f"{one.given_up} or more" if one.given_up_more else str(one.given_up),
        figures.plain(one.card_error) or figures.size(one.card_free_bytes),
        _link(one.link),
        figures.day(one.certified_until_utc_ms),
        figures.plain(one.version),
    )


def _link(link: LinkUse | None) -> str:
    if link is None or not link.month:
        return figures.ABSENT
    used = figures.size(link.sent_bytes + link.received_bytes)
    budget = f" of {figures.size(link.budget_bytes)}" if link.budget_bytes else ""
    return f"{figures.plain(link.month)} {used}{budget}"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows]
