"""What unit and depot say besides records: the unit's status, the depot's acknowledgement.

A `Status` is also what a unit keeps in RAM, renewed once a second, for its own console and
commands: what the depot sees and what the mediator sees are the same words.
"""

import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import msgspec

from triporteur_wire.parcels import Applied
from triporteur_wire.plan import Plan
from triporteur_wire.quantities import Value, at_a_battery, plausible
from triporteur_wire.readiness import Readiness
from triporteur_wire.reading import Whole, decode, inflated
from triporteur_wire.records import LogId
from triporteur_wire.releases import Told


class Reading(msgspec.Struct, frozen=True):
    """A value and how old it was when the status was made, in seconds.

    Only values younger than their limit stand in a status; an older one is absent.
    """

    value: Value
    age_s: float


class Doubt(StrEnum):
    """Why what a source says, or its silence, should not be taken as it is."""

    #: its line is lost, or questions to it stay unanswered; until it is heard again
    OFFLINE = "offline"
    #: nothing but the questions come back: the device sleeps, or two wires touch
    ECHO = "echo"
    #: it repeats itself to the byte while current flows or the trike rides
    STUCK = "stuck"


class SourceHealth(msgspec.Struct, frozen=True, omit_defaults=True):
    """One serial line: what was heard on it since the agent started.

    `heard_age_s` is None until the first good frame. `refused` counts frames, `discarded` bytes by
    reason, `missed_polls` questions that no good frame answered. `doubts` are those of now, words
    of `Doubt`.
    """

    protocol: str
    heard_age_s: float | None
    frames: Whole
    refused: Whole
    discarded: dict[str, Whole]
    missed_polls: Whole = 0
    doubts: tuple[str, ...] = ()


#: Each log that a status names is looked up at the depot. A unit names its current ones, and the
#: oldest that wait.
MAX_LOGS = 64


class Delivery(msgspec.Struct, frozen=True):
    """What the journal aboard still holds for the depot.

    `waiting` counts records beyond the depot's mark; `oldest_waiting_s` is None when none wait,
    or while the unit cannot date them. `given_up` counts records declared lost. `logs` names the
    last committed seq of the current logs and of the oldest that wait, MAX_LOGS at most: what the
    depot should have, and answers with its marks. `durable` is False while records are kept in
    memory only, because the card refuses.
    """

    connected: bool
    waiting: Whole
    oldest_waiting_s: float | None
    given_up: Whole
    logs: Annotated[dict[LogId, Whole], msgspec.Meta(max_length=MAX_LOGS)]
    durable: bool = True


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """The storage of the journals: bytes they use, bytes that are free on the card.

    `free_bytes` is None when nobody can say. `error` is what the storage last answered while it
    refuses, and empty when all is well.
    """

    used_bytes: Whole = 0
    free_bytes: Whole | None = None
    error: str = ""


class LinkUse(msgspec.Struct, frozen=True):
    """What the link to the depot carried in `month` (as 2026-11; empty while UTC is not known).

    Bytes as the line counts them: TLS and TCP included. `budget_bytes` is what the month may
    cost, 0 for no limit; beyond it the journal waits, and the status is rare.
    """

    month: str
    sent_bytes: Whole
    received_bytes: Whole
    budget_bytes: Whole


class Status(msgspec.Struct, frozen=True, tag_field="state", tag="online"):
    """What a unit says of itself now.

    `readings` holds, by source in the order of the configuration, the values that are fresh.
    `utc_ms` is None while the unit does not know the time. `period_s` is how often it speaks.
    `applied` tells what became of the depot's parcels, by channel: `settings`, `content/portal`.
    `link` is None where the unit does not count, `certified_until_utc_ms` where it shows no
    certificate; `readiness` and `plan` where an older agent speaks, `release` where no other than
    the one that runs was ever wanted.
    """

    unit: str
    place: str
    version: str
    boot_no: Whole
    mono_ms: Whole
    utc_ms: Whole | None
    period_s: float
    readings: dict[str, dict[str, Reading]]
    sources: dict[str, SourceHealth]
    delivery: Delivery
    card: Card = Card()
    link: LinkUse | None = None
    applied: dict[str, Applied] = {}
    certified_until_utc_ms: Whole | None = None
    readiness: Readiness | None = None
    plan: Plan | None = None
    release: Told | None = None

    def every(self, quantity: str) -> Iterator[Reading]:
        """What each source says of this quantity; what is not plausible is not said.

        In order, batteries before motors: both may give a current.
        """
        for values in sorted(self.readings.values(), key=at_a_battery, reverse=True):
            found = values.get(quantity)
            if found is not None and plausible(quantity, found.value):
                yield found

    def reading(self, quantity: str) -> Reading | None:
        """The reading of the first source that gives this quantity, or None when none does."""
        return next(self.every(quantity), None)

    def silent_sources(self) -> list[str]:
        """The sources that give nothing now."""
        return [name for name in self.sources if not self.readings.get(name)]

    def doubted(self, doubt: Doubt) -> list[str]:
        """The sources about which there is this doubt now."""
        return [name for name, health in self.sources.items() if doubt in health.doubts]

    def number(self, quantity: str) -> float | None:
        """The first source's number for this quantity, or None."""
        found = self.reading(quantity)
        if found is None or isinstance(found.value, str | tuple):
            return None
        return float(found.value)


#: Reasons of an `Offline`. Its key was turned: it says no more until it is turned back.
STOPPED, KEY, LOST = "stopped", "key", "lost"


class Offline(msgspec.Struct, frozen=True, tag_field="state", tag="offline"):
    """The unit left: said by itself (`stopped`, `key`), or by the broker in its place (`lost`)."""

    reason: str


class Ack(msgspec.Struct, frozen=True):
    """Per log, the seq up to which everything is stored, quarantined or declared given up.

    `epoch` names the depot's database; under another epoch earlier marks mean nothing.
    """

    epoch: str
    marks: dict[LogId, Whole]


#: Ten times that of a unit with six sources.
MAX_STATUS_BYTES = 64_000
_ZLIB_LEVEL = 6

_STATUS: msgspec.json.Decoder[Status | Offline] = msgspec.json.Decoder(Status | Offline)
_ACK = msgspec.json.Decoder(Ack)
_ENCODER = msgspec.json.Encoder()


def encode(message: Status | Offline | Ack) -> bytes:
    return _ENCODER.encode(message)


def pack_status(status: Status) -> bytes:
    """What travels, over a link that is paid for: a third of the JSON."""
    return zlib.compress(encode(status), _ZLIB_LEVEL)


def decode_status(payload: bytes) -> Status | Offline:
    """Takes JSON as well as what `pack_status` gives.

    Raises Unreadable (a ValueError) when the payload is not a status.
    """
    plain = payload.startswith(b"{")
    return decode(_STATUS, payload if plain else inflated(payload, MAX_STATUS_BYTES))


def decode_ack(payload: bytes) -> Ack:
    """Raises Unreadable (a ValueError) when the payload is not an ack."""
    return decode(_ACK, payload)
