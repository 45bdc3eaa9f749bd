"""The console's key and certificates. The key is made here, and never leaves its folder.

key.pem      made once
depot.pem    what the depot's authority certified
public.pem   what a publicly trusted one did, where the operator has a domain

request ─▶ agent ═▶ depot ═▶ agent ─▶ certified ─▶ depot.pem   (in RAM, while there is need)
pushed  ─▶ public.pem                                          (see `pushed`)
"""

import logging
from collections.abc import Callable, Sequence
from threading import Event

from triporteur_device.files import write_whole
from triporteur_kiosk.config import ConsolePlaces
from triporteur_kiosk.console.access.pushed import Pushed
from triporteur_kiosk.console.access.slot import Slot
from triporteur_kiosk.secured.chains import BadChain, Chain

_log = logging.getLogger(__name__)

_LOOK_AGAIN_S = 1.0
#: A chain of three takes 5 kB.
_MOST_CHARACTERS = 64_000


class Papers:
    """What the console shows phones, in `chain`: None while there is nothing to show.

    `utc_ms` gives None while nothing vouches for the time: then nothing is taken for ended.
    """

    def __init__(
        self, names: Sequence[str], places: ConsolePlaces, utc_ms: Callable[[], int | None]
    ) -> None:
        self._names = names
        self._places = places
        self._utc_ms = utc_ms
        self._depot, self._public = (
            Slot(places.directory / name, places.key, names) for name in ("depot.pem", "public.pem")
        )
        self._pushed = Pushed(places.pushed, places.verdict, self._public)
        self._heard = ""
        self._asking: bool | None = None
        self._failing = False
        self._told = ""
        self.chain: Chain | None = None

    def run(self, stop: Event) -> None:
        """Looks once a second for what changed, until `stop`."""
        while not stop.wait(_LOOK_AGAIN_S):
            try:
                self.look()
            except (OSError, ValueError) as error:
                if not self._failing:
                    _log.error("certificate: %s", error)
                self._failing = True
            else:
                self._failing = False

    def open(self) -> None:
        """Takes up what there is, and makes what is missing. Raises OSError, or BadKey."""
        self._places.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._places.key.exists():
            # Here and below: a console that has all it needs does not pay for cryptography.
            from triporteur_kiosk.console.access.keys import new_key

            write_whole(self._places.key, new_key(), durable=True, mode=0o600)
        for slot in (self._depot, self._public):
            slot.read()
        self.look()

    def look(self) -> None:
        """Takes what came, and asks for what is needed. Raises OSError, or BadKey."""
        try:
            self._take_certified()
        finally:
            # A card that refuses it for hours shall keep nothing else from going on.
            self._pushed.look()
            self._choose()
            self._ask(needed=self._needs_one())

    def _take_certified(self) -> None:
        """The depot's answer, which the agent left in RAM. Raises OSError, each time anew."""
        heard = self._hear()
        if heard in ("", self._heard):
            return
        try:
            self._depot.put(heard)
        except BadChain as error:
            _log.warning("what the depot certified cannot be shown: %s", error)
        self._heard = heard

    def _hear(self) -> str:
        try:
            with self._places.certified.open(encoding="ascii", errors="replace") as file:
                return file.read(_MOST_CHARACTERS)
        except OSError:
            return ""

    def _choose(self) -> None:
        """The publicly trusted one while it holds; one that ended rather than none."""
        now_ms = self._utc_ms()
        there = [slot.chain for slot in (self._public, self._depot) if slot.chain]
        good = [chain for chain in there if not chain.has_ended(now_ms)]
        self.chain = next(iter(good or there), None)
        self._tell(self._trouble(there, good))

    def _trouble(self, there: list[Chain], good: list[Chain]) -> str:
        if good:
            return ""
        if there:
            return "the console's certificate has ended: phones warn of it"
        return "no phone can come in: the console waits for a certificate from the depot"

    def _needs_one(self) -> bool:
        chain, now_ms = self._depot.chain, self._utc_ms()
        return chain is None or (now_ms is not None and now_ms >= chain.renew_from_utc_ms)

    def _ask(self, *, needed: bool) -> None:
        if needed == self._asking:
            return
        if needed:
            from triporteur_kiosk.console.access.keys import signing_request

            request = signing_request(self._places.key.read_bytes(), self._names)
            write_whole(self._places.request, request.encode(), durable=False)
        else:
            self._places.request.unlink(missing_ok=True)
        self._asking = needed

    def _tell(self, words: str) -> None:
        if words and words != self._told:
            _log.warning("certificate: %s", words)
        if self._told and not words:
            _log.info("certificate: well again")
        self._told = words
