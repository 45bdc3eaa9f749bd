"""What became of a parcel, by what the unit's status says of it."""

from dataclasses import dataclass
from enum import StrEnum

from triporteur_wire.parcels import Applied
from triporteur_wire.releases import Outcome as Became
from triporteur_wire.releases import Told


class Outcome(StrEnum):
    #: the unit uses it
    APPLIED = "applied"
    #: the unit could not use it, and says why
    REFUSED = "refused"
    #: the unit has it, and is at work on it
    TAKEN = "taken"
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


def of_taking_back(revision: int, said: Applied) -> Verdict:
    """Whether the unit uses nothing any more of what was taken back with this revision.

    An empty message has no revision: its refusal is the one that names none.
    """
    if said == Applied():
        return Verdict(Outcome.APPLIED)
    if max(said.revision, said.refused) >= revision:
        return Verdict(Outcome.UNKNOWN)
    if said.faults and not said.refused:
        return Verdict(Outcome.REFUSED, said.faults)
    return Verdict(Outcome.WAITING)


_SPOILED = frozenset({Became.REFUSED, Became.FAILED})
_STAYS = frozenset({Became.TRIAL, Became.RUNNING})


def of_offer(revision: int, told: Told | None) -> Verdict:
    """What the unit made of the release that the parcel of this revision offers."""
    if told is None or told.revision < revision:
        return Verdict(Outcome.WAITING)
    if told.revision > revision:
        return Verdict(Outcome.UNKNOWN)
    if told.outcome in _SPOILED:
        return Verdict(Outcome.REFUSED, (told.why,))
    return Verdict(Outcome.APPLIED if told.outcome == Became.RUNNING else Outcome.TAKEN)


def of_withdrawal(revision: int, told: Told | None) -> Verdict:
    """Whether the unit knows that no release is offered to it since this revision."""
    if told is None or not told.revision or told.outcome in _STAYS:
        return Verdict(Outcome.APPLIED)
    return Verdict(Outcome.UNKNOWN if told.revision > revision else Outcome.WAITING)
