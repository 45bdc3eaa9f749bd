"""One release of the depot's on its way: what is asked for next, and when all of it is there."""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from triporteur_device.delivery.piece_errand import Came, Stretch
from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.arriving import Arriving, Gap
from triporteur_device.updates.budget import over_budget, over_worth
from triporteur_device.updates.building import check_room
from triporteur_device.updates.damages import Damages
from triporteur_device.updates.offers import Wish
from triporteur_device.updates.spending import Spending
from triporteur_device.updates.told import told_of
from triporteur_wire.messages import LinkUse
from triporteur_wire.releases import Manifest, Outcome, Told

_log = logging.getLogger(__name__)

_GONE = "the depot does not have it any more: it is asked again every hour"


class Reception:
    """Use in one thread. `want` says what to ask the depot for; `link`, what the month has cost."""

    def __init__(
        self,
        wish: Wish,
        manifest: Manifest,
        arrivals: Arrivals,
        arriving: Arriving,
        damages: Damages,
        want: Callable[[Stretch | None], None],
        link: Callable[[], LinkUse],
    ) -> None:
        self._wish = wish
        self._manifest = manifest
        self._arrivals = arrivals
        self._arriving = arriving
        self._damages = damages
        self._want = want
        self._link = link
        self._spending = Spending(arrivals.spent, f"{wish.wanted.wish} {wish.offer.digest}")
        self._gap: Gap | None = None
        self._asked: Stretch | None = None
        self._is_asked = False
        self._is_gone = False

    def look(self) -> Told:
        """What is to be done is done. Raises Refused and OSError: nothing is asked for then."""
        gap = self._arriving.gap()
        is_said = self._arrivals.wanted() == self._wish.wanted
        if gap is not None:
            if is_said:
                self._arrivals.word.unlink(missing_ok=True)
            self._damages.check()
            return self._ask(gap)
        if not is_said:
            if not self._arriving.is_sound():
                return self.look()
            self._arrivals.say(self._wish.wanted)
            _log.info("release %s: all of it is there", self._manifest.version)
        return told_of(self._wish, Outcome.WAITING)

    def take(self, came: Came) -> None:
        """A piece, or the word that there is none; what was not asked for last is passed over.

        Raises OSError.
        """
        if came.stretch != self._asked or self._gap is None:
            return
        self._asked, self._is_gone = None, not came.data
        if came.data:
            self._arriving.take(self._gap, came.data)

    def pause(self) -> None:
        """Nothing is asked for, until the next look."""
        self._asked, self._is_asked = None, False
        self._want(None)

    def _ask(self, gap: Gap) -> Told:
        there, total = self._arriving.there_bytes, self._arriving.total_bytes
        check_room(self._arrivals.folder, self._manifest, lacking_bytes=total - there)
        link = self._link()
        spent = self._spending.look(link, total - there, is_asked=self._is_asked)
        why = over_budget(link, total - there) or over_worth(spent)
        if why:
            self.pause()
        elif gap != self._gap or self._asked is None:
            self._gap = gap
            self._asked = self._stretch(gap)
            self._want(self._asked)
        self._is_asked = self._asked is not None and not self._is_gone
        why = why or (_GONE if self._is_gone else "")
        told = told_of(self._wish, Outcome.WAITING if why else Outcome.ARRIVING, why)
        return replace(told, there_bytes=there, total_bytes=total)

    def _stretch(self, gap: Gap) -> Stretch:
        return Stretch(self._wish.wanted.wish, self._wish.offer.digest, gap.offset, gap.count)
