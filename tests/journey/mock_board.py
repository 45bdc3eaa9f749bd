"""The agent, with gpiozero's mock board in the place of the Raspberry's chip.

    python -m tests.journey.mock_board run --config unit.toml

A line on its standard input, « 17 closed » or « 17 open », moves the contact at that GPIO; each
change of an output is a line of its log, « pin 24 lit » or « pin 24 dark ».
"""

import sys
import threading
from types import ModuleType
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

from triporteur_device.__main__ import main


class Wire(MockPin):  # type: ignore[misc]
    """A contact to ground, whatever the chip pulls; or an output that says what is set."""

    is_closed = False

    def move(self, *, closed: bool) -> None:
        self.is_closed = closed
        self.drive_low() if closed else self.drive_high()

    def _set_pull(self, value: Any) -> None:
        super()._set_pull(value)
        if self.is_closed:
            self.drive_low()

    def _set_state(self, value: Any) -> None:
        if bool(value) is not bool(self.state):
            word = "lit" if value else "dark"
            print(f"pin {self.info.name.removeprefix('GPIO')} {word}", flush=True)
        super()._set_state(value)


class Board(MockFactory):  # type: ignore[misc]
    """Obeys the standard input."""

    def __init__(self) -> None:
        super().__init__(pin_class=Wire)
        threading.Thread(target=self._obey, daemon=True).start()

    def _obey(self) -> None:
        for line in sys.stdin:
            number, word = line.split()
            self.pin(int(number)).move(closed=word == "closed")


def _stand_in() -> None:
    """What the agent imports; lgpio itself is for a Raspberry, and has no wheel elsewhere."""
    lgpio, pins = ModuleType("lgpio"), ModuleType("gpiozero.pins.lgpio")
    vars(lgpio)["error"] = OSError
    vars(pins)["LGPIOFactory"] = Board
    sys.modules.update({"lgpio": lgpio, "gpiozero.pins.lgpio": pins})


if __name__ == "__main__":
    _stand_in()
    sys.exit(main())
