"""Giving parcels to units, and telling what became of them."""

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

import msgspec

from triporteur_depot.clock import utc_ms
from triporteur_depot.commands.figures import plain
from triporteur_depot.commands.opening import writing
from triporteur_depot.commands.progress import Progress
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import transaction
from triporteur_depot.downlink.ledger import Given, as_it_stands, last_said, made_of
from triporteur_depot.downlink.verdicts import Outcome
from triporteur_depot.pages.queries import all_units
from triporteur_depot.pages.urgency import Severity, situation

_WAIT_S = 30.0
_LOOK_AGAIN_S = 0.25


class Fate(StrEnum):
    """What a person reads about one parcel; the first four are the unit's own word."""

    APPLIED = "applied"
    REFUSED = "refused"
    TAKEN = "taken"
    UNKNOWN = "unknown"
    #: somebody gave another meanwhile
    REPLACED = "replaced"
    #: sent, and not answered yet
    WAITING = "waiting"
    #: sent, and kept by the broker, for the unit is not there
    AWAY = "away"
    #: not sent: the broker does not take it now
    UNSENT = "unsent"


class Handed(msgspec.Struct, frozen=True):
    """One parcel, as printed. `faults` are the unit's sentences when it refused."""

    unit: str
    channel: str
    revision: int
    fate: Fate
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How to hand over: how long to wait for the units' words, and how to print."""

    wait_s: float
    as_json: bool


def add_manner(parser: argparse.ArgumentParser) -> None:
    waiting = parser.add_mutually_exclusive_group()
    waiting.add_argument(
        "--wait",
        type=_seconds,
        default=_WAIT_S,
        metavar="SECONDS",
        help=f"how long to wait for what units say of it; default: {_WAIT_S:.0f}",
    )
    waiting.add_argument("--no-wait", action="store_const", const=0.0, dest="wait")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def manner(asked: argparse.Namespace) -> Manner:
    return Manner(asked.wait, asked.json)


def hand_over(
    config: DepotConfig,
    prepare: Callable[[sqlite3.Connection], Sequence[Given]],
    how: Manner,
    out: TextIO | None = None,
    say: Callable[[Handed], str] | None = None,
) -> int:
    """Commits what `prepare` gives, sends it, waits, and tells; 1 when something went wrong.

    `say` tells one parcel's fate to people, where that is not the usual way. Raises AskedWrongly,
    NoDatabase or UnreadablePassword, with nothing given to anyone.
    """
    # What only looks should not pay for paho.
    from triporteur_depot.downlink.sender import Sender, send_all

    mqtt = config.mqtt
    sender = Sender(mqtt.host, mqtt.port, mqtt.password())
    with writing(config.database_path) as connection, Progress() as progress:
        # Before anything is sent: a unit that takes settings starts anew, and says goodbye for it.
        gone = _away(connection)
        with transaction(connection):
            parcels = prepare(connection)
        sent, fault = send_all(sender, connection, parcels, progress.show)
        _wait(connection, [one for one in sent if one.unit not in gone], how.wait_s, progress)
        handed = [
            *(_handed(connection, one, Fate.AWAY if one.unit in gone else None) for one in sent),
            *(_handed(connection, one, Fate.UNSENT) for one in parcels[len(sent) :]),
        ]
    show = _as_json if how.as_json else say or _as_text
    (out or sys.stdout).writelines(show(one) + "\n" for one in handed)
    if fault:
        print(f"triporteur-depot: {fault}", file=sys.stderr)
    return int(bool(fault) or any(one.fate is Fate.REFUSED for one in handed))


def in_words(words: Mapping[Fate, str], what: str) -> Callable[[Handed], str]:
    """A `say` for `hand_over`: of each fate its words, in which `{unit}` and `{faults}` may be."""

    def say(one: Handed) -> str:
        faults = "; ".join(map(plain, one.faults))
        return f"{one.unit}: {what}{words[one.fate].format(unit=one.unit, faults=faults)}"

    return say


def _wait(
    connection: sqlite3.Connection, parcels: Sequence[Given], wait_s: float, progress: Progress
) -> None:
    """Until every unit has told what it made of its parcel, or the time is over."""
    until = time.monotonic() + wait_s
    while (left_s := until - time.monotonic()) > 0:
        waiting = [one.unit for one in parcels if _told(connection, one) is None]
        if not waiting:
            return
        done = len(parcels) - len(waiting)
        progress.show(f"answered {done}/{len(parcels)}; waiting for {waiting[0]}: {left_s:.0f} s")
        time.sleep(min(_LOOK_AGAIN_S, left_s))


def _told(connection: sqlite3.Connection, one: Given) -> Handed | None:
    """None while it is waited for."""
    now = as_it_stands(connection, one)
    if now is None:
        return Handed(one.unit, one.channel, one.revision, Fate.REPLACED)
    found = made_of(now, last_said(connection, one.unit))
    if found.outcome is Outcome.WAITING:
        return None
    return Handed(one.unit, one.channel, one.revision, Fate(found.outcome), found.faults)


def _away(connection: sqlite3.Connection) -> set[str]:
    """The units that do not listen now, as far as the depot knows."""
    now_ms = utc_ms()
    gone = {Severity.SILENT, Severity.OFF}
    return {
        unit.name
        for unit in all_units(connection, now_ms)
        if situation(unit, now_ms).severity in gone
    }


def _handed(connection: sqlite3.Connection, one: Given, fate: Fate | None) -> Handed:
    told = _told(connection, one) if fate is not Fate.UNSENT else None
    return told or Handed(one.unit, one.channel, one.revision, fate or Fate.WAITING)


def _as_json(one: Handed) -> str:
    return msgspec.json.encode(one).decode()


def _as_text(one: Handed) -> str:
    what = f"{one.channel}, revision {one.revision}"
    match one.fate:
        case Fate.APPLIED:
            return f"{one.unit}: {what}, in use"
        case Fate.REFUSED:
            faults = "; ".join(map(plain, one.faults)) or "no reason given"
            return f"{one.unit}: {what}, refused: {faults}"
        case Fate.TAKEN:
            return f"{one.unit}: {what}, taken"
        case Fate.UNKNOWN:
            return f"{one.unit}: {what}, sent; it goes by another that this database does not know"
        case Fate.REPLACED:
            return f"{one.unit}: {what}, and another took its place meanwhile"
        case Fate.WAITING:
            return f"{one.unit}: {what}, sent; not answered yet"
        case Fate.AWAY:
            return f"{one.unit}: {what}, kept by the broker until {one.unit} is back"
        case Fate.UNSENT:
            return f"{one.unit}: {what}, not sent; it is once the depot hears {one.unit} again"


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not 0 to 3600 seconds")
    return seconds
