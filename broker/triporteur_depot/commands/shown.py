"""What a unit was last given on a channel, and what it made of it."""

import sqlite3
from datetime import UTC, datetime

import msgspec

from triporteur_depot.commands.figures import plain
from triporteur_depot.downlink.ledger import Given, last_said, made_of
from triporteur_depot.downlink.verdicts import Outcome
from triporteur_wire.parcels import Applied

_NONE = Applied()
_WORDS = {
    "applied": "in use",
    "refused": "refused",
    "waiting": "not answered yet",
    "unknown": "the unit goes by another, which this database does not know",
    "nothing": "nothing was given",
}


class Shown(msgspec.Struct, frozen=True):
    """`revision` is 0 when nothing was given, `sent_utc_ms` None until it is sent.

    `in_use` is the revision that the unit goes by, as it said last; 0 for none. `withdrawn` says
    that the revision took back what was given before.
    """

    unit: str
    channel: str
    revision: int
    sent_utc_ms: int | None
    fate: str
    faults: tuple[str, ...]
    in_use: int
    withdrawn: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether the unit has nothing of it any more."""
        return self.withdrawn and self.fate == Outcome.APPLIED

    @property
    def sentence(self) -> str:
        """A line for people, and one for each fault."""
        parts = [f"{self.unit}: {plain(self.channel)}"]
        if self.revision:
            parts += ["withdrawn" if self.withdrawn else f"revision {self.revision}", self._sent]
        parts.append(_WORDS[self.fate])
        if self.in_use not in {self.revision, 0}:
            parts.append(f"revision {self.in_use} is in use")
        return "\n".join([", ".join(parts), *(f"  fault: {plain(fault)}" for fault in self.faults)])

    @property
    def _sent(self) -> str:
        if self.sent_utc_ms is None:
            return "not sent yet"
        return f"sent {datetime.fromtimestamp(self.sent_utc_ms / 1000, UTC):%Y-%m-%d %H:%M:%SZ}"


def shown(connection: sqlite3.Connection, unit: str, channel: str, one: Given | None) -> Shown:
    """Raises sqlite3.Error."""
    said = last_said(connection, unit)
    in_use = said.applied.get(channel, _NONE).revision if said else 0
    if one is None:
        return Shown(unit, channel, 0, None, "unknown" if in_use else "nothing", (), in_use)
    told = made_of(one, said)
    sent_ms, withdrawn = one.sent_utc_ms, not one.body
    return Shown(unit, channel, one.revision, sent_ms, told.outcome, told.faults, in_use, withdrawn)
