"""The day's budget of the SIM: what is left of it, through restarts, reboots and midnight.

The kernel counts. On the card stands one number with its day, about nobody: what may have been
spent. It is written ahead, a hundredth of the budget at a time, so that a power cut never gives
bytes back; the end of the gate writes it as it is. Where it cannot be read the day counts as spent:
a SIM that is used up is worth more than the rest of a day.
"""

import logging
from datetime import date
from pathlib import Path

import msgspec

from triporteur_device.files import write_whole
from triporteur_kiosk.loss import Loss
from triporteur_wire.reading import Unreadable, Whole, decode

_log = logging.getLogger(__name__)

#: What the kernel is told where there is no limit.
UNLIMITED = 2**60
_STEPS = 100


class Spent(msgspec.Struct, frozen=True):
    """What stands on the card; `day` is None while the time was not known."""

    bytes: Whole
    day: date | None = None


_SPENT = msgspec.json.Decoder(Spent)


class Budget:
    """`day_bytes` is None for no limit; then nothing is written.

    `unknown` is whether nobody knows what was spent of this day.
    """

    def __init__(self, day_bytes: int | None, path: Path) -> None:
        self._day_bytes = day_bytes
        self._path = path
        found = Spent(0) if day_bytes is None else _read(path)
        kept = found or Spent(day_bytes or 0)
        self.unknown = found is None
        self._day, self._claimed = kept.day, kept.bytes
        self._before = kept.bytes
        self._now = 0
        self._confirmed = False
        self._counter = 0
        self._loss = Loss(
            _log,
            "what was spent of the day's budget cannot be kept",
            f"what was spent of the day's budget is kept again in {path}",
        )
        self.total = 0

    @property
    def left(self) -> int | None:
        if self._day_bytes is None:
            return None
        return max(0, self._day_bytes - self._before - self._now)

    @property
    def limit(self) -> int:
        """Where the kernel's counter is to stop."""
        return UNLIMITED if self.left is None else self._counter + self.left

    def count(self, counter: int) -> None:
        """Takes the kernel's counter; one that fell began anew.

        What it counted beyond the limit was refused and went nowhere.
        """
        passed = counter - self._counter if counter >= self._counter else counter
        self._counter = counter
        passed = passed if self.left is None else min(passed, self.left)
        self._now += passed
        self.total += passed
        self._claim()

    def turn(self, today: date | None) -> bool:
        """Whether a new day began; None while nobody vouches for the time.

        Bytes from before the time was known belong to the day that it then is, and so does what a
        card held that could not be read.
        """
        if today is None or (today == self._day and self._confirmed):
            return False
        fresh = today != self._day and not self._is_dayless
        if fresh:
            self.unknown = False
            self._before, self._now = 0, 0 if self._confirmed else self._now
        self._day, self._confirmed = today, True
        if fresh:
            self._claimed = 0
            self._claim()
        elif self.unknown:
            self.close()
        return fresh

    @property
    def _is_dayless(self) -> bool:
        """Whether it is not even known of which day nobody knows."""
        return self.unknown and self._day is None

    def close(self) -> None:
        """Writes what was spent as it is; what cannot be read stays until there is a day to it."""
        if not self._is_dayless:
            self._write(self._before + self._now)

    def _claim(self) -> None:
        spent = self._before + self._now
        if self._day_bytes is not None and spent > self._claimed:
            self._write(min(self._day_bytes, spent + self._day_bytes // _STEPS))

    def _write(self, claimed: int) -> None:
        if self._day_bytes is None:
            return
        self._claimed = claimed
        try:
            write_whole(self._path, msgspec.json.encode(Spent(claimed, self._day)), durable=True)
        except OSError as error:
            self._loss.note(error)
        else:
            self._loss.end()


def _read(path: Path) -> Spent | None:
    """None where it cannot be read, which is then said."""
    try:
        return decode(_SPENT, path.read_bytes())
    except FileNotFoundError:
        return Spent(0)
    except (OSError, Unreadable) as error:
        _log.error(
            "%s cannot be read (%s): today's budget counts as spent; who knows that it is not "
            "takes the file away and restarts triporteur-gate",
            path,
            error,
        )
        return None
