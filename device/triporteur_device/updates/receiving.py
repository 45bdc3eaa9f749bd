"""The release that the depot offers comes aboard: verified, fetched, and laid for root to try.

    offer ─▶ signed, and for this unit? ─▶ what lacks, piece by piece ─▶ wanted.json ─▶ root
                      └ refused                   └ waits                         (see `update`)

What is known stands in files, in the folder of arrivals and in root's state: whoever is ended at
any instant goes on where it was.
"""

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from triporteur_device.delivery.piece_errand import Came, Stretch
from triporteur_device.updates.arrivals import Arrivals, Wanted, revision_of
from triporteur_device.updates.arriving import Arriving, lacking
from triporteur_device.updates.choosing import chosen
from triporteur_device.updates.damages import Damages
from triporteur_device.updates.offers import Offers, Wish
from triporteur_device.updates.places import Places, version_of
from triporteur_device.updates.reception import Reception
from triporteur_device.updates.refused import Refused, sentence
from triporteur_device.updates.signing import fitting, signed
from triporteur_device.updates.state import State, States
from triporteur_device.updates.told import told_behind, told_besides, told_done, told_of, with_why
from triporteur_device.updates.turns import at_once
from triporteur_wire.messages import LinkUse
from triporteur_wire.releases import Outcome, Told

_log = logging.getLogger(__name__)

_WAKE_S = 1.0
_LOOK_MS = 5_000
#: A card that is full, or refuses; a key that this unit may be given yet.
_AGAIN_MS = 600_000


class Receiver:
    """`want` says what to ask the depot for, and `came` is where it comes; `link` is the month's.

    `take` is for the agent's thread, `told` for any: what became of the release that was wanted
    last, None where none ever was.
    """

    name = "releases"

    def __init__(
        self,
        places: Places,
        offers: Offers,
        machine: str,
        want: Callable[[Stretch | None], None],
        came: "queue.SimpleQueue[Came | None]",
        link: Callable[[], LinkUse],
        mono_ms: Callable[[], int],
    ) -> None:
        self._places = places
        self._offers = offers
        self._machine = machine
        self._want = want
        self._came = came
        self._link = link
        self._mono_ms = mono_ms
        self._arrivals = Arrivals(places.incoming)
        self._states = States(places.state)
        self._wish: Wish | None = None
        self._reception: Reception | None = None
        self._next_ms = 0
        self._not_before_ms = 0
        self.told = self._at_first()

    def take(self, payload: bytes) -> None:
        """The depot's word: an offer, or empty."""
        self._offers.take(payload)
        self._came.put(None)

    def run(self, stop: threading.Event) -> None:
        """Has it come, until `stop`."""
        came: Came | None = None
        while not stop.is_set():
            self.turn(came)
            came = None
            with suppress(queue.Empty):
                came = self._came.get(timeout=_WAKE_S)

    def turn(self, came: Came | None = None) -> None:
        """Lays what came, and does what is next, if it is time."""
        if came is None and self._offers.wish == self._wish and self._mono_ms() < self._next_ms:
            return
        self._next_ms = self._mono_ms() + _LOOK_MS
        told = self._look(came)
        if told and _gist(told) != _gist(self.told):
            why = f" ({told.why})" if told.why else ""
            _log.info("release %s: %s%s", told.version, told.outcome, why)
        self.told = told

    def _look(self, came: Came | None) -> Told | None:
        wish, state = self._offers.wish, self._states.now()
        if wish != self._wish:
            self._stop()
            self._wish = wish
        with at_once(self._places.incoming) as is_alone:
            return self._next(wish, state, came, is_alone=is_alone)

    def _next(
        self, wish: Wish | None, state: State, came: Came | None, *, is_alone: bool
    ) -> Told | None:
        """What root tries just now, or somebody gives beside the unit, is left as it is."""
        given = self._given()
        is_free = is_alone and given is None and not state.trial
        known = self._known(wish, state, given)
        if wish and known is None and is_free:
            return self._receive(wish, state, came)
        self._stop()
        if wish and known is None:
            return told_behind(wish, state.last, given)
        if is_free:
            self._leave()
        return known

    def _receive(self, wish: Wish, state: State, came: Came | None) -> Told | None:
        if came is None and self._mono_ms() < self._not_before_ms:
            return self.told
        try:
            if self._reception is None:
                self._reception = self._begin(wish, state)
            elif came:
                self._reception.take(came)
            told = self._reception.look()
        except Refused as error:
            if self._reception is None:
                self._leave()
            told = told_of(wish, Outcome.REFUSED, str(error))
        except OSError as error:
            told = told_of(wish, Outcome.WAITING, sentence(error))
        else:
            return with_why(told, wish, state.last)
        if self._reception:
            self._reception.pause()
        self._not_before_ms = self._mono_ms() + _AGAIN_MS
        return told

    def _begin(self, wish: Wish, state: State) -> Reception:
        """Raises Refused and OSError."""
        runs = chosen(self._places, state)
        manifest = signed(wish.offer, self._places.keys)
        fitting(manifest, self._machine, version_of(runs), version_of(self._places.factory))
        damages = Damages(self._arrivals.damages, f"{wish.wanted.wish} {wish.offer.digest}")
        parts = lacking(manifest, (runs, self._places.factory))
        arriving = Arriving(self._arrivals, parts, damages)
        self._make_way(wish.wanted, arriving.names)
        self._arrivals.parts.mkdir(exist_ok=True)
        return Reception(wish, manifest, self._arrivals, arriving, damages, self._want, self._link)

    def _leave(self) -> None:
        """Nothing of the depot's is wanted any more; what cannot be taken away stays."""
        with suppress(OSError):
            self._make_way()

    def _make_way(self, stays: Wanted | None = None, parts: frozenset[str] = frozenset()) -> None:
        """What came for another wish than stays is gone, but for these parts. Raises OSError."""
        if stays is None or self._arrivals.wanted() != stays:
            self._arrivals.word.unlink(missing_ok=True)
        self._arrivals.tidy(parts)

    def _given(self) -> Wanted | None:
        """What somebody gave beside the unit."""
        wanted = self._arrivals.wanted()
        return wanted if wanted and not revision_of(wanted.wish) else None

    def _stop(self) -> None:
        if self._reception:
            self._reception.pause()
        self._reception, self._not_before_ms = None, 0

    def _at_first(self) -> Told | None:
        wish = self._offers.wish
        known = self._known(wish, self._states.now(), self._given())
        return told_of(wish, Outcome.ARRIVING) if wish and not known else known

    def _known(self, wish: Wish | None, state: State, given: Wanted | None) -> Told | None:
        if wish is None:
            return told_besides(self._places, state, given)
        return told_done(self._places, state, wish)


def _gist(told: Told | None) -> object:
    return told and (told.version, told.outcome, told.revision, told.why)
