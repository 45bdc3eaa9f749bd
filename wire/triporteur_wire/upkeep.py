"""What a unit itself needs from whoever maintains it, the most pressing first.

Of the battery and its devices `concerns` judges; this is about card, link, papers and settings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from triporteur_wire.messages import Status
from triporteur_wire.releases import Outcome, Told

#: The journal's own budget is 256 MB: below this it could not grow to it.
_NEARLY_FULL_BYTES = 300_000_000
#: A certificate is renewed when 200 days are left; one that is not has been refused for long.
_ENDS_SOON_MS = 60 * 86_400_000
_DAY_MS = 86_400_000
_SPOILED = frozenset({Outcome.REFUSED, Outcome.FAILED})
#: Sentences of `triporteur_device.updates`.
_LOST = "the depot does not have it any more"
_IN_VAIN = re.compile(r"it is for \w+, and this is |[\d.]+ is not later than ")


class Remedy(StrEnum):
    """What the depot's own release asks of whoever maintains it."""

    #: another, or the same again once what kept it is mended
    MEND = "mend"
    #: its file, which is gone
    SEND = "send"
    #: none: this unit would refuse it again
    WITHDRAW = "withdraw"


class Need(StrEnum):
    #: `number`: whole days left, 0 when it has ended
    CERTIFICATE = "certificate"
    #: `number`: MB that are free
    CARD = "card"
    #: `number`: MB of the month's budget, all spent
    LINK = "link"
    #: `words`: channels whose last parcel could not be used
    REFUSED = "refused"
    #: `words`: version of the release that the depot offers, what became of it, and its `Remedy`
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Needed:
    need: Need
    number: float = 0.0
    words: tuple[str, ...] = ()


def upkeep(status: Status) -> list[Needed]:
    """Everything of the unit's own that needs a maintainer; empty when nothing does."""
    return [
        *_papers(status),
        *_card(status),
        *_link(status),
        *_parcels(status),
        *_release(status),
    ]


def remedy(told: Told) -> Remedy | None:
    """None where nothing need be done, or where it was given beside the unit: it was told there."""
    if not told.revision:
        return None
    if told.why.startswith(_LOST):
        return Remedy.SEND
    if told.outcome not in _SPOILED:
        return None
    return Remedy.WITHDRAW if _IN_VAIN.match(told.why) else Remedy.MEND


def _papers(status: Status) -> Iterator[Needed]:
    if status.certified_until_utc_ms is None or status.utc_ms is None:
        return
    left_ms = status.certified_until_utc_ms - status.utc_ms
    if left_ms < _ENDS_SOON_MS:
        yield Needed(Need.CERTIFICATE, number=max(0, left_ms // _DAY_MS))


def _card(status: Status) -> Iterator[Needed]:
    free_bytes = status.card.free_bytes
    if free_bytes is not None and free_bytes < _NEARLY_FULL_BYTES:
        yield Needed(Need.CARD, number=free_bytes / 1e6)


def _link(status: Status) -> Iterator[Needed]:
    link = status.link
    if link and 0 < link.budget_bytes <= link.sent_bytes + link.received_bytes:
        yield Needed(Need.LINK, number=link.budget_bytes / 1e6)


def _parcels(status: Status) -> Iterator[Needed]:
    refused = tuple(channel for channel, told in status.applied.items() if told.refuses)
    if refused:
        yield Needed(Need.REFUSED, words=refused)


def _release(status: Status) -> Iterator[Needed]:
    told = status.release
    if told and (what := remedy(told)):
        yield Needed(Need.RELEASE, words=(told.version, told.outcome, what))
