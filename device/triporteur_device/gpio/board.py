"""The pins themselves, through gpiozero: the only file that knows it.

gpiozero and lgpio are loaded when a pin is wanted and not before: they take 20 MB of a small Pi.
"""

import logging
from collections.abc import Callable
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

from triporteur_device.gpio.table import GpioTable, Role

_log = logging.getLogger(__name__)

#: A contact has settled after this long: a key or a plug; a reed at a fast wheel, or a hall sensor.
_SETTLED_S = 0.05
_SETTLED_AT_WHEEL_S = 0.001


class Board:
    """The wired pins of a machine, each opened when it is asked for.

    `make_factory` makes gpiozero's; `faults` are what that and each pin raise when they cannot be
    had.
    """

    def __init__(
        self,
        table: GpioTable,
        make_factory: Callable[[], Any],
        faults: tuple[type[Exception], ...],
    ) -> None:
        self._table = table
        self._make_factory = make_factory
        self._factory = make_factory()
        self._open: list[Any] = []
        self._lost: list[Any] = []
        self.faults = faults

    def anew(self) -> "Board":
        """The same pins of a chip that was lost, once it is there again. Raises one of `faults`."""
        again = Board(self._table, self._make_factory, self.faults)
        # Pins that could not be let go raise where nobody hears it once they are collected.
        again._lost = [*self._lost, *self._open]
        return again

    def contact(
        self, role: Role, on_closed: Callable[[], None] | None = None
    ) -> Callable[[], bool] | None:
        """Reads an input: whether it acts. None when it is not wired, or cannot be had.

        `on_closed` is called in gpiozero's thread each time that it begins to.
        """
        from gpiozero import DigitalInputDevice

        settled_s = _SETTLED_AT_WHEEL_S if role == "wheel" else _SETTLED_S
        pull_up = role not in self._table.inverted
        device = self._opened(role, DigitalInputDevice, pull_up=pull_up, bounce_time=settled_s)
        if device is None:
            return None
        if on_closed:
            device.when_activated = on_closed
        return lambda: bool(device.is_active)

    def switch(self, role: Role) -> Callable[[bool], None] | None:
        """Sets an output, which begins off. None when it is not wired, or cannot be had."""
        from gpiozero import DigitalOutputDevice

        active_high = role not in self._table.inverted
        device = self._opened(role, DigitalOutputDevice, active_high=active_high)
        if device is None:
            return None
        return lambda on: setattr(device, "value", on)

    def close(self) -> None:
        """Lets every pin go: outputs are then off, as far as their wiring pulls them.

        Never raises: pins that are lost cannot be let go either.
        """
        for held in [*self._open, self._factory]:
            with suppress(*self.faults):
                held.close()

    def _opened(self, role: Role, kind: Any, **how: Any) -> Any:
        pin = self._table.pin(role)
        if pin is None:
            return None
        try:
            device = kind(pin, pin_factory=self._factory, **how)
        except self.faults as error:
            _log.warning("gpio: %s on pin %d cannot be used (%s); without it", role, pin, error)
            return None
        self._open.append(device)
        return device


def open_board(table: GpioTable, folder: Path) -> Board | None:
    """Opens this Raspberry's pins; None, after a line in the log, where they cannot be used.

    lgpio makes a pipe where the process stands, and only there: that is `folder`, one in RAM, while
    it is loaded. So call it before any thread is started.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with chdir(folder):
            import lgpio
            from gpiozero import GPIOZeroError
            from gpiozero.pins.lgpio import LGPIOFactory
    except (ImportError, OSError) as error:
        _log.warning("gpio: no pin can be used (%s): are gpiozero and lgpio installed?", error)
        return None
    faults = (GPIOZeroError, OSError, lgpio.error)
    try:
        return Board(table, LGPIOFactory, faults)
    except faults as error:
        _log.warning("gpio: no pin can be used (%s): is this a Raspberry Pi?", error)
        return None
