"""What the unit says of the release that was wanted aboard last."""

from triporteur_device.updates.arrivals import revision_of
from triporteur_device.updates.offers import Wish
from triporteur_device.updates.state import Last
from triporteur_wire.releases import Outcome, Told

#: It travels with every status.
_LONGEST_WHY = 300


def told_of(wish: Wish, outcome: Outcome, why: str = "") -> Told:
    """Of what the depot wishes."""
    return Told(wish.offer.version, outcome, wish.revision, why[:_LONGEST_WHY])


def told_last(last: Last) -> Told:
    """Of what root did last."""
    return Told(last.version, last.outcome, revision_of(last.wish), last.why[:_LONGEST_WHY])
