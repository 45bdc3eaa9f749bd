"""The gate's table in the kernel, with a log of whom it lets through."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.gate.keeper.gatekeeper import Table
from triporteur_kiosk.gate.keeper.passes import NotYet, Pass
from triporteur_kiosk.gate.legal.journal import Entry, LegalLog


class Recorded:
    """`kernel`, and an entry in `log` when a pass begins and when it ends.

    `local_time` gives None while nobody vouches for the time: until somebody did nobody is let
    through, for an entry without its time is worth nothing.
    """

    def __init__(
        self,
        kernel: Table,
        log: LegalLog,
        local_time: Callable[[], datetime | None],
        mono_ms: Callable[[], int] = boottime_ms,
    ) -> None:
        self._kernel = kernel
        self._log = log
        self._local_time = local_time
        self._mono_ms = mono_ms
        self._vouched: tuple[datetime, int] | None = None
        self._begun: dict[str, Entry] = {}
        self._used: Mapping[str, int] = {}

    def beat(self, *, outward: bool, limit: int) -> Mapping[str, int]:
        self._used = self._kernel.beat(outward=outward, limit=limit)
        if now := self._time():
            self._log.erase(now.date())
        return self._used

    def begin_anew(self) -> None:
        """Who is let in again is so with a pass of another name."""
        self.close()
        self._kernel.begin_anew()

    def begin_day(self) -> None:
        self._kernel.begin_day()

    def admit(self, one: Pass) -> None:
        """Raises OSError, and NotYet while the time is not known."""
        now = self._time()
        if now is None:
            raise NotYet
        self._kernel.admit(one)
        self._begun[one.name] = Entry(now, one.phone.mac, one.phone.ip)
        self._log.note(self._begun[one.name])

    def dismiss(self, one: Pass) -> None:
        self._end(one.name)
        self._kernel.dismiss(one)

    def close(self) -> None:
        """Every pass has ended, as at the gate's end."""
        for name in list(self._begun):
            self._end(name)

    def _end(self, name: str) -> None:
        entry = self._begun.pop(name, None)
        if entry:
            ended = self._time() or entry.begun
            self._log.note(replace(entry, ended=ended, bytes=self._used.get(name, 0)))

    def _time(self) -> datetime | None:
        """What is vouched for, or as much later as it is since it last was."""
        if now := self._local_time():
            self._vouched = now, self._mono_ms()
        if self._vouched is None:
            return None
        then, at_ms = self._vouched
        return then + timedelta(milliseconds=self._mono_ms() - at_ms)
