"""What a tap on the console sets going: the agent is asked, and the page waits until it shows."""

import time

from triporteur_kiosk.console.desk import Desk, Unanswered
from triporteur_kiosk.console.trouble import Trouble
from triporteur_kiosk.seen import Watch
from triporteur_wire.desk import Asked, Refused
from triporteur_wire.messages import Status

_UNANSWERED = "L’unité n’a pas répondu à temps\u202f: ce n’est peut-être pas fait. Réessayez."
#: The agent renews its snapshot once a second.
SHOWN_S = 1.5
_LOOK_EVERY_S = 0.1


class Errands:
    """Runs errands to the agent's desk. `shown_s` is how long to wait for the snapshot."""

    def __init__(self, desk: Desk, watch: Watch, shown_s: float = SHOWN_S) -> None:
        self._desk = desk
        self._watch = watch
        self._shown_s = shown_s

    def run(self, asked: Asked) -> Trouble | None:
        """None once it is done and, as a rule, already in the snapshot."""
        try:
            told = self._desk.ask(asked)
        except Unanswered:
            return Trouble(_UNANSWERED, 503)
        if isinstance(told, Refused):
            return Trouble(told.sentence, 409)
        self._wait_for_news()
        return None

    def _wait_for_news(self) -> None:
        """Until there is a snapshot made after the answer: an earlier one shows what was before."""
        before = self._made_ms()
        until_s = time.monotonic() + self._shown_s
        while self._made_ms() == before and time.monotonic() < until_s:
            time.sleep(_LOOK_EVERY_S)

    def _made_ms(self) -> int | None:
        told = self._watch.look()
        return told.mono_ms if isinstance(told, Status) else None
