"""What is lost is told once in the log, and once when it is back; meanwhile nothing is."""

import logging


class Loss:
    """`lost` and `back` are the two lines; the reason follows the first."""

    def __init__(self, log: logging.Logger, lost: str, back: str) -> None:
        self._log = log
        self._lines = lost, back
        self.is_so = False

    def note(self, why: object) -> None:
        """It is lost, for this reason."""
        if not self.is_so:
            self._log.error("%s: %s", self._lines[0], why)
        self.is_so = True

    def end(self) -> None:
        """It is there, whether or not it was lost."""
        if self.is_so:
            self._log.info(self._lines[1])
        self.is_so = False
