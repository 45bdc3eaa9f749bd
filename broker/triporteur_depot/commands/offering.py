"""`triporteur-depot release send`, `withdraw` and `list`: which release units should run."""

import argparse
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands import wishes
from triporteur_depot.commands.choosing import chosen, present
from triporteur_depot.commands.handing import Fate, add_manner, hand_over, in_words, manner
from triporteur_depot.commands.opening import reading, writing
from triporteur_depot.commands.parsing import AnyOrder
from triporteur_depot.config import DepotConfig, load
from triporteur_depot.database import transaction
from triporteur_depot.downlink.ledger import Given, last
from triporteur_depot.releases import offers
from triporteur_depot.releases.kept import Kept
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer, pack_offer

#: Longer than any.
_LATEST_REVISION = 2**53 - 1
_OFFERED = {
    Fate.APPLIED: "in use",
    Fate.REFUSED: "refused: {faults}",
    Fate.UNKNOWN: "offered; but it goes by a later wish, which this database does not know",
    Fate.REPLACED: "offered; but another send or withdraw took its place meanwhile",
    Fate.TAKEN: "offered, and on its way; `triporteur-depot release list` tells how far",
    Fate.WAITING: "offered; not answered yet",
    Fate.AWAY: "offered, once {unit} is back",
    Fate.UNSENT: "not sent; it is once the depot hears {unit} again",
}
_WITHDRAWN = {
    Fate.APPLIED: "withdrawn",
    Fate.UNKNOWN: "withdrawn; but it goes by a later wish, which this database does not know",
    Fate.REPLACED: "withdrawn; but another send or withdraw took its place meanwhile",
    Fate.WAITING: "withdrawn; not answered yet",
    Fate.AWAY: "withdrawn; {unit} is told once it is back",
    Fate.UNSENT: "withdrawn; {unit} is told once the depot hears it again",
}


def add_arguments(
    actions: "argparse._SubParsersAction[AnyOrder]",
    add_common: Callable[[argparse.ArgumentParser], None],
) -> None:
    """`add_common` adds what every command takes that reads the depot's configuration."""
    send = actions.add_parser("send", help="offer units a release; they fetch what they lack")
    add_common(send)
    send.add_argument("file", type=Path, metavar="FILE", help="signed")
    _add_units(send)
    add_manner(send)
    back = actions.add_parser("withdraw", help="offer units nothing any more")
    add_common(back)
    _add_units(back)
    add_manner(back)
    listed = actions.add_parser("list", help="which release each unit runs, and is offered")
    add_common(listed)
    listed.add_argument("--json", action="store_true", help="one JSON object a line")


def _add_units(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("units", nargs="*", metavar="UNIT")
    parser.add_argument("--all", action="store_true", help="every unit")


def _send(asked: argparse.Namespace) -> int:
    config = load(asked.config)
    try:
        with asked.file.open("rb") as file:
            version, units = _offer(config, asked, file)
    except Unreadable as error:
        raise AskedWrongly(f"{asked.file} is no release: {error}") from error
    return _hand(config, asked, units, f"{version}, ", _OFFERED)


def _offer(config: DepotConfig, asked: argparse.Namespace, file: BinaryIO) -> tuple[str, list[str]]:
    """Keeps the release, and offers it to units; its version and their names."""
    kept = Kept.beside(config.database_path)
    with writing(config.database_path) as connection:
        units = chosen(connection, asked.units, everyone=asked.all)
        offer = _signed(asked.file, file)
        with kept.alone():
            kept.keep(file)
            with transaction(connection):
                for unit in units:
                    offers.give(connection, unit, offer)
            kept.tidy(offers.digests(connection))
    return offer.version, units


def _signed(path: Path, file: BinaryIO) -> Offer:
    """The file's offer; the file is at its beginning again."""
    offer = Offer.read(file)
    pack_offer(_LATEST_REVISION, offer)
    if not offer.is_signed:
        raise AskedWrongly(
            f"nobody has signed {path}, so no unit would take it; do: triporteur-depot release "
            f"sign {path} --key KEY"
        )
    file.seek(0)
    return offer


def _withdraw(asked: argparse.Namespace) -> int:
    config = load(asked.config)
    kept = Kept.beside(config.database_path)
    with writing(config.database_path) as connection:
        units = chosen(connection, asked.units, everyone=asked.all)
        with kept.alone():
            with transaction(connection):
                for unit in units:
                    offers.take_back(connection, unit)
            kept.tidy(offers.digests(connection))
    return _hand(config, asked, units, "", _WITHDRAWN)


def _hand(
    config: DepotConfig,
    asked: argparse.Namespace,
    units: Iterable[str],
    what: str,
    words: Mapping[Fate, str],
) -> int:
    """Sends what was committed, waits for the units' word, and tells."""
    return hand_over(config, partial(_committed, units), manner(asked), say=in_words(words, what))


def _committed(units: Iterable[str], connection: sqlite3.Connection) -> list[Given]:
    found = (last(connection, unit, offers.RELEASE) for unit in units)
    return [one for one in found if one]


def _list(asked: argparse.Namespace) -> int:
    config = load(asked.config)
    kept = Kept.beside(config.database_path)
    with reading(config.database_path) as connection:
        found = [wishes.wish(connection, unit, kept) for unit in present(connection)]
    for one in found:
        print(msgspec.json.encode(one).decode() if asked.json else one.sentence)
    if not found and not asked.json:
        print("no unit was ever heard")
    return 0


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "send": _send,
    "withdraw": _withdraw,
    "list": _list,
}
