"""What became of a parcel, by what the unit's status says of its channel."""

from dataclasses import dataclass
from enum import StrEnum

from triporteur_wire.parcels import Applied


class Outcome(StrEnum):
    #: the unit uses it
    APPLIED = "applied"
    #: the unit could not use it, and says why
    REFUSED = "refused"
    #: nothing said yet
    WAITING = "waiting"
    #: the unit goes by a parcel that this database does not know
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` are the unit's own sentences, of a refusal."""

    outcome: Outcome
    faults: tuple[str, ...] = ()


def verdict(revision: int, sha256: str, said: Applied) -> Verdict:
    """What the unit made of the parcel of this revision and checksum."""
    if (said.revision, said.sha256) == (revision, sha256):
        return Verdict(Outcome.APPLIED)
    if said.revision >= revision or said.refused > revision:
        return Verdict(Outcome.UNKNOWN)
    if said.refused == revision:
        return Verdict(Outcome.REFUSED, said.faults)
    return Verdict(Outcome.WAITING)
