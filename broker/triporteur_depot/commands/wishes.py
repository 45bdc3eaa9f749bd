"""Which release a unit runs, which it is offered, and what it made of that."""

import sqlite3

import msgspec

from triporteur_depot.commands.figures import plain, size
from triporteur_depot.downlink.ledger import last, last_said
from triporteur_depot.releases import offers
from triporteur_depot.releases.kept import Kept
from triporteur_wire.releases import Told


class Wish(msgspec.Struct, frozen=True):
    """`runs` is empty of a unit that never spoke, `offered` while nothing is, `outcome` while the
    unit has not answered. `revision` is 0 while nothing is offered: what is told then was given
    beside the unit. `kept` says whether the release's file is here for units to fetch.
    """

    unit: str
    runs: str
    offered: str
    revision: int
    kept: bool
    outcome: str = ""
    why: str = ""
    version: str = ""
    there_bytes: int = 0
    total_bytes: int = 0

    @property
    def sentence(self) -> str:
        """A line for people."""
        return f"{self.unit}: runs {plain(self.runs) or 'nobody knows what'}; {self._wanted}"

    @property
    def _wanted(self) -> str:
        if self.offered:
            missing = "" if self.kept else "; its file is not here any more: send it again"
            return f"{self.offered} offered, {self._became or 'not answered yet'}{missing}"
        if self.outcome:
            return f"{plain(self.version)} given by hand, {self._became}"
        return "nothing offered"

    @property
    def _became(self) -> str:
        why = f": {plain(self.why)}" if self.why else ""
        there = (
            f", {size(self.there_bytes)} of {size(self.total_bytes)}" if self.total_bytes else ""
        )
        return f"{plain(self.outcome)}{there}{why}"


def wish(connection: sqlite3.Connection, unit: str, kept: Kept) -> Wish:
    """Raises sqlite3.Error."""
    said, one = last_said(connection, unit), last(connection, unit, offers.RELEASE)
    offer = offers.offered(connection, unit)
    revision = one.revision if one and offer else 0
    told = said.release if said else None
    found = Wish(
        unit,
        said.version if said else "",
        offer.version if offer else "",
        revision,
        offer is not None and kept.path(offer.digest).exists(),
    )
    return _with(found, told) if told and told.revision == revision else found


def _with(found: Wish, told: Told) -> Wish:
    return msgspec.structs.replace(
        found,
        outcome=told.outcome,
        why=told.why,
        version=told.version,
        there_bytes=told.there_bytes,
        total_bytes=told.total_bytes,
    )
