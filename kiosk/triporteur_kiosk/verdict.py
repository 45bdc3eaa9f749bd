"""What the kiosk tells the agent: which pushed content it uses, and why not a later one."""

import logging
from pathlib import Path

import msgspec

from triporteur_device.files import write_whole
from triporteur_wire.parcels import Applied

_log = logging.getLogger(__name__)

#: So that a verdict stays below the 16 kB that the agent reads.
_MOST_FAULTS = 10
_LONGEST_FAULT = 300


class Verdict:
    """A file in RAM, which holds the last word said."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unsaid: bytes | None = None
        self._refused = False

    def say(self, verdict: Applied) -> None:
        """Of many or long faults as much as there is room for; the log has them all."""
        faults = tuple(fault[:_LONGEST_FAULT] for fault in verdict.faults[:_MOST_FAULTS])
        self._unsaid = msgspec.json.encode(msgspec.structs.replace(verdict, faults=faults))
        self.say_again()

    def say_again(self) -> None:
        """Tries once more what could not be written, if anything."""
        if self._unsaid is None:
            return
        try:
            write_whole(self._path, self._unsaid, durable=False)
        except OSError as error:
            if not self._refused:
                _log.error("%s cannot be written: %s", self._path, error.strerror)
            self._refused = True
            return
        self._unsaid, self._refused = None, False
