"""The last parcel of each unit and channel, as the database keeps it.

A parcel is committed here before it is sent: one that the broker did not take is sent later, when
the unit's status shows that it lacks it.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from triporteur_depot.downlink.verdicts import (
    Outcome,
    Verdict,
    of_offer,
    of_taking_back,
    of_withdrawal,
    verdict,
)
from triporteur_wire.messages import Status, decode_status
from triporteur_wire.parcels import Applied, Parcel, Settings
from triporteur_wire.reading import Unreadable
from triporteur_wire.topics import ROOT, Channel

SETTINGS = "settings"
#: A unit says any number: what is above this was never given, and far above it none can be read.
_HIGHEST_BELIEVED = 2**52
_NONE = Applied()
_UNHEARD = Verdict(Outcome.WAITING)
_QUERY = """
SELECT name, channel, parcels.revision, sha256, body, sent_utc_ms, sendings,
    coalesce(heard_utc_ms >= sent_utc_ms, 0)
FROM parcels JOIN units ON units.id = unit_id WHERE name = ?"""


@dataclass(frozen=True, slots=True)
class Given:
    """A parcel. `sent_utc_ms` is None until it is sent; `body` is the JSON of its body.

    Without a body it takes back what was given before it, and the broker keeps nothing.
    `is_heard_since` tells whether its unit has spoken since it was sent.
    """

    unit: str
    channel: str
    revision: int
    sha256: str
    body: bytes
    sent_utc_ms: int | None = None
    sendings: int = 0
    is_heard_since: bool = False

    @property
    def topic(self) -> str:
        return f"{ROOT}/{self.unit}/{self.channel}"

    @property
    def payload(self) -> bytes:
        if not self.body:
            return b""
        parcel = Parcel(self.revision, self.sha256, msgspec.Raw(self.body))
        return msgspec.json.encode(parcel)

    @property
    def settings(self) -> Settings:
        return msgspec.json.decode(self.body, type=Settings)

    @property
    def text(self) -> str:
        return msgspec.json.decode(self.body, type=str)


def given(connection: sqlite3.Connection, unit: str) -> Iterator[Given]:
    """Every last parcel of the unit, by channel."""
    for row in connection.execute(f"{_QUERY} ORDER BY channel", (unit,)):
        yield Given(*row)


def last(connection: sqlite3.Connection, unit: str, channel: str) -> Given | None:
    row = connection.execute(f"{_QUERY} AND channel = ?", (unit, channel)).fetchone()
    return Given(*row) if row else None


def give(connection: sqlite3.Connection, unit: str, channel: str, body: Settings | str) -> Given:
    """The parcel that carries this body from now on, inside the caller's transaction.

    What the unit has, or is about to take, keeps its revision. A new one is above every revision
    that this database or the unit knows. The unit must be known.
    """
    raw = msgspec.json.encode(body)
    sha256 = hashlib.sha256(raw).hexdigest()
    before = last(connection, unit, channel)
    said = applied(connection, unit).get(channel, _NONE)
    if before and before.sha256 == sha256 and _stands(before, said):
        return before
    return put(connection, unit, channel, raw, said.revision, said.refused)


def take_back(connection: sqlite3.Connection, unit: str, channel: str) -> Given:
    """The parcel that takes back what this channel carried, inside the caller's transaction."""
    said = applied(connection, unit).get(channel, _NONE)
    return put(connection, unit, channel, b"", said.revision, said.refused)


def put(
    connection: sqlite3.Connection, unit: str, channel: str, raw: bytes, *known_revisions: int
) -> Given:
    """The parcel that carries this JSON from now on, inside the caller's transaction.

    Its revision is above every one that this database, or whoever else is asked, knows; one that
    nobody can have given is passed over.
    """
    before = last(connection, unit, channel)
    known = (0, before.revision if before else 0, *known_revisions)
    revision = max(each for each in known if each <= _HIGHEST_BELIEVED) + 1
    new = Given(unit, channel, revision, hashlib.sha256(raw).hexdigest(), raw)
    connection.execute(
        """INSERT OR REPLACE INTO parcels (unit_id, channel, revision, sha256, body)
        SELECT id, ?, ?, ?, ? FROM units WHERE name = ?""",
        (channel, new.revision, new.sha256, raw, unit),
    )
    return new


def _stands(one: Given, said: Applied) -> bool:
    outcome = verdict(one.revision, one.sha256, said).outcome
    return outcome in {Outcome.APPLIED, Outcome.WAITING}


def made_of(one: Given, said: Status | None) -> Verdict:
    """What its unit made of the parcel, by what that said last."""
    if one.channel == Channel.RELEASE:
        judge = of_offer if one.body else of_withdrawal
        return judge(one.revision, said.release if said else None)
    told = said.applied.get(one.channel, _NONE) if said else _NONE
    if one.body:
        return verdict(one.revision, one.sha256, told)
    # What is absent, or refused without a number, may be so from before.
    return of_taking_back(one.revision, told) if one.is_heard_since else _UNHEARD


def as_it_stands(connection: sqlite3.Connection, one: Given) -> Given | None:
    """The parcel as the database has it now; None once another has taken its place."""
    now = last(connection, one.unit, one.channel)
    return now if now and now.revision == one.revision else None


def note_sent(connection: sqlite3.Connection, one: Given, now_ms: int) -> None:
    """Notes that the parcel was sent now, unless a later one has taken its place."""
    connection.execute(
        """UPDATE parcels SET sent_utc_ms = ?, sendings = sendings + 1
        WHERE channel = ? AND revision = ? AND unit_id = (SELECT id FROM units WHERE name = ?)""",
        (now_ms, one.channel, one.revision, one.unit),
    )


def applied(connection: sqlite3.Connection, unit: str) -> dict[str, Applied]:
    """What the unit's last status says of the parcels, by channel; nothing while it says none."""
    said = last_said(connection, unit)
    return said.applied if said else {}


def last_said(connection: sqlite3.Connection, unit: str) -> Status | None:
    """The unit's last status; None while there is none that can be read."""
    row = connection.execute("SELECT status FROM units WHERE name = ?", (unit,)).fetchone()
    if row is None or row[0] is None:
        return None
    try:
        said = decode_status(row[0])
    except Unreadable:
        return None
    return said if isinstance(said, Status) else None
