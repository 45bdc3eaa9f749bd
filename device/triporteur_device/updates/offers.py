"""The release that the depot offers this unit: the last word of its, kept just as it came."""

import logging
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.downlink.shelf import Shelf
from triporteur_device.updates.arrivals import Wanted
from triporteur_wire.parcels import Parcel, unpack
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer, offer_in

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """Whoever offers the same again, with another revision, wishes anew."""

    revision: int
    offer: Offer

    @property
    def wanted(self) -> Wanted:
        """What is said in the folder of arrivals once all of it is there."""
        return Wanted.from_depot(self.revision, self.offer)


class Offers:
    """`take` is for one thread, `wish` for any: None while the depot wishes nothing."""

    def __init__(self, path: Path) -> None:
        self._shelf = Shelf(path)
        self.wish = _wish(self._shelf.parcel)

    def take(self, payload: bytes) -> None:
        """What the broker retains; empty where the depot wishes nothing any more.

        One that cannot be read is passed over: the depot sees that the unit tells nothing of it.
        """
        try:
            parcel = unpack(payload) if payload else None
            self.wish = Wish(parcel.revision, offer_in(parcel)) if parcel else None
            self._shelf.put(payload, parcel)
        except Unreadable as error:
            _log.warning("depot: an offer of a release cannot be read (%s); ignored", error)
        except OSError as error:
            _log.warning("the offer of a release cannot be kept (%s)", error.strerror)


def _wish(parcel: Parcel | None) -> Wish | None:
    try:
        return Wish(parcel.revision, offer_in(parcel)) if parcel else None
    except Unreadable:
        return None
