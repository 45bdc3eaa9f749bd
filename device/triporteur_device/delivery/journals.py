"""Every journal that a unit delivers: its own, of now and of before, and other rooms'."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from triporteur_device.clock import boottime_ms
from triporteur_device.delivery.guest import OF_A_ROOM, Guest
from triporteur_device.journal import JournalReader, LogState, Stretch, merged
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import Ack


class Journals:
    """The logs of all of them. Use in one thread.

    `others` are files of the agent's that it does not write now: of a time when the card refused,
    or does. `rooms` are those of other rooms. A fault of the own journal is raised (sqlite3.Error);
    another file's only leaves it out.
    """

    def __init__(
        self,
        own: JournalReader,
        others: Sequence[Path] = (),
        rooms: Sequence[Path] = (),
        mono_ms: Callable[[], int] = boottime_ms,
    ) -> None:
        self._own = own
        self._guests = [
            *(Guest(path, mono_ms, None) for path in others),
            *(Guest(path, mono_ms, OF_A_ROOM) for path in rooms),
        ]
        self._where: dict[str, Guest] = {}

    def version(self) -> object:
        """Differs when any of them has new commits."""
        return [self._own.version(), *(guest.version() for guest in self._guests)]

    def known(self) -> Ack:
        """The marks as the files have them, under the epoch of the own one."""
        known = Ack(self._own.epoch() or "", {log.log: log.mark for log in self._own.logs()})
        for guest in self._guests:
            found = guest.known()
            if found and found.epoch == known.epoch:
                known = merged(found, known)
        return known

    def files(self) -> list[list[LogState]]:
        """The logs of each file, in order of succession; the own file is the last.

        The unit's anchors date the others' records too: they are of the same boots. A log that
        bears the name of another file's is left out.
        """
        own = self._own.logs()
        offsets = {log.boot_no: log.utc_offset_ms for log in own if log.utc_offset_ms is not None}
        taken = {log.log for log in own}
        found: list[list[LogState]] = []
        self._where.clear()
        for guest in self._guests:
            logs = [log for log in guest.logs() if log.log not in taken]
            taken.update(log.log for log in logs)
            self._where |= {log.log: guest for log in logs}
            found.append([replace(log, utc_offset_ms=offsets.get(log.boot_no)) for log in logs])
        return [*found, own]

    def batch(self, stretch: Stretch) -> Batch | None:
        """What follows in a log; None when nothing does, or its file cannot be read now."""
        return self._of(stretch.log).batch(stretch)

    def oldest_mono_ms(self, log: LogState) -> int | None:
        """When the first record beyond the mark was taken; None when its file says nothing."""
        return self._of(log.log).oldest_mono_ms(log)

    def close(self) -> None:
        for guest in self._guests:
            guest.close()
        self._own.close()

    def _of(self, log: str) -> Guest | JournalReader:
        return self._where.get(log, self._own)
