"""Turns counts into records, one an hour: the finest time that is ever written.

What is counted lives in RAM until its hour is full or the portal is told to end; a power cut costs
at most that hour. While the journal cannot be had, or the boot has no number yet, counting goes on
and the record that comes of it spans longer.
"""

from collections.abc import Callable
from threading import Event

from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.journal import UsageJournal
from triporteur_wire.records import Usage

HOUR_MS = 3_600_000
#: How soon a full hour is written, and a journal that could not be had is asked for again.
_TURN_S = 60


class UsageKeeper:
    """Writes what `counts` counted to `journal`, until told to stop.

    `look` adds to `counts`, each minute, what is not counted where it happens.
    """

    def __init__(
        self,
        counts: Counts,
        journal: UsageJournal,
        look: Callable[[], None],
        mono_ms: Callable[[], int] = boottime_ms,
    ) -> None:
        self._counts = counts
        self._journal = journal
        self._look = look
        self._mono_ms = mono_ms
        self._since_ms = mono_ms()

    def run(self, stop: Event) -> None:
        """Works until `stop`; what was counted is then written, the hour full or not."""
        self.turn()
        while not stop.wait(_TURN_S):
            self.turn()
        self.turn(last=True)
        self._journal.close()

    def turn(self, *, last: bool = False) -> None:
        """Writes the hour if it is full, or if it is the `last`."""
        now_ms = self._mono_ms()
        self._look()
        self._journal.open(now_ms)
        if last or now_ms - self._since_ms >= HOUR_MS:
            self._write(now_ms)

    def _write(self, now_ms: int) -> None:
        counted = self._counts.take()
        usage = Usage(round((now_ms - self._since_ms) / 1000), counted)
        if not counted or self._journal.write(now_ms, usage):
            self._since_ms = now_ms
        else:
            self._counts.give_back(counted)
