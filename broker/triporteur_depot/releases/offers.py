"""Which release each unit is offered: a parcel of the ledger, whose revision is the wish.

Whoever offers the same release again wishes anew: a unit that was not well with it tries again.
"""

import sqlite3
from collections.abc import Iterator

import msgspec

from triporteur_depot.downlink.ledger import Given, last, last_said, put
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer
from triporteur_wire.topics import Channel

RELEASE = Channel.RELEASE.value
_QUERY = """SELECT name FROM parcels JOIN units ON units.id = unit_id
WHERE channel = ? AND retired_utc_ms IS NULL ORDER BY name"""


def give(connection: sqlite3.Connection, unit: str, offer: Offer) -> Given:
    """Offers it to a unit that is known, inside the caller's transaction."""
    return _put(connection, unit, msgspec.json.encode(offer.text.decode()))


def take_back(connection: sqlite3.Connection, unit: str) -> Given:
    """Offers it nothing from now on, inside the caller's transaction."""
    return _put(connection, unit, b"")


def offered(connection: sqlite3.Connection, unit: str) -> Offer | None:
    """What the unit is offered; None for nothing."""
    one = last(connection, unit, RELEASE)
    if one is None or not one.body:
        return None
    try:
        return Offer.of(one.text.encode())
    except Unreadable:  # a later depot's, which this one cannot serve
        return None


def digests(connection: sqlite3.Connection) -> set[str]:
    """Those of every release that some unit is offered."""
    return {offer.digest for _, offer in every(connection)}


def every(connection: sqlite3.Connection) -> Iterator[tuple[str, Offer]]:
    """The units that are offered a release, by name."""
    for (unit,) in connection.execute(_QUERY, (RELEASE,)).fetchall():
        if offer := offered(connection, unit):
            yield unit, offer


def _put(connection: sqlite3.Connection, unit: str, raw: bytes) -> Given:
    said = last_said(connection, unit)
    told = said.release if said else None
    return put(connection, unit, RELEASE, raw, told.revision if told else 0)
