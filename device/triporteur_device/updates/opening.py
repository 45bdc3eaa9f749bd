"""A receiver of releases, on the road to the depot that there is."""

import platform
import queue
from collections.abc import Callable
from pathlib import Path

from triporteur_device.delivery import Publisher
from triporteur_device.delivery.piece_errand import Came, PieceErrand
from triporteur_device.updates.offers import Offers
from triporteur_device.updates.places import Places
from triporteur_device.updates.receiving import Receiver

_OFFER_NAME = "release.json"


def open_receiver(
    places: Places, card: Path, publisher: Publisher, share: float, mono_ms: Callable[[], int]
) -> Receiver:
    """Before the publisher runs. The last offer is kept in the folder `card`.

    `share` is the part of the link's time that pieces may take.
    """
    came: queue.SimpleQueue[Came | None] = queue.SimpleQueue()
    errand = PieceErrand(came.put, lambda: publisher.is_delivering, share)
    publisher.ask(errand)
    offers = Offers(card / _OFFER_NAME)
    return Receiver(
        places, offers, platform.machine(), errand.want, came, lambda: publisher.link, mono_ms
    )
