"""Pins of gpiozero's own mock board, wired as a unit's, with time in the test's hand."""

from typing import Any

from gpiozero import GPIOZeroError
from gpiozero.pins.mock import MockFactory, MockPin

from triporteur_device.gpio import Pins
from triporteur_device.gpio.board import Board
from triporteur_device.gpio.table import GpioTable
from triporteur_device.live import Happened, Observation
from triporteur_wire.messages import Delivery, Reading, Status

WIRED = GpioTable(
    charger=17, key=27, button=22, wheel=23, lamp=24, phones=25, wheel_circumference_m=2.0
)


class LosablePin(MockPin):  # type: ignore[misc]
    """A pin of a chip that can go away; nothing can then be done with it."""

    def _get_state(self) -> Any:
        self._have()
        return super()._get_state()

    def _set_state(self, value: Any) -> None:
        self._have()
        super()._set_state(value)

    def close(self) -> None:
        self._have()
        super().close()

    def _have(self) -> None:
        if self.factory.gone:
            raise GPIOZeroError("gone")


class LosableFactory(MockFactory):  # type: ignore[misc]
    """gpiozero's mock board, which can go away."""

    def __init__(self) -> None:
        super().__init__(pin_class=LosablePin)
        self.gone = False


class Unit:
    """A unit's pins; contacts to ground are closed and opened by their GPIO number."""

    def __init__(self, table: GpioTable = WIRED) -> None:
        self.now_ms = 1_000
        self.told: list[Observation | Happened] = []
        self.presses = 0
        self.refusals = 0
        self.factory: Any = None
        self.lost: Any = None
        self.board = Board(table, self._factory, (GPIOZeroError,))
        self.pins = Pins(table, self.board, lambda: self.now_ms, self.told.append, self._press)

    def _factory(self) -> Any:
        """A chip that is lost cannot be opened for a while; then it is another for gpiozero."""
        if self.refusals:
            self.refusals -= 1
            raise GPIOZeroError("gone")
        self.factory = LosableFactory()
        return self.factory

    def _press(self) -> None:
        self.presses += 1

    def pin(self, number: int) -> Any:
        return self.factory.pin(number)

    def wire(self) -> "Unit":
        self.pins.wire(self.board)
        return self

    def look(self, times: int = 1, each_ms: int = 50) -> None:
        for _ in range(times):
            self.now_ms += each_ms
            self.pins.look()

    def charge(self, soc_pct: float | None) -> None:
        """The agent shows a status with this charge."""
        told = {} if soc_pct is None else {"soc_pct": Reading(soc_pct, 0.1)}
        delivery = Delivery(True, 0, None, 0, {})
        self.pins.show(
            Status("ben", "", "1", 1, self.now_ms, None, 15, {"battery": told}, {}, delivery)
        )

    def value(self, quantity: str) -> object:
        """What was told last of this quantity; None when it never was."""
        seen = [each.values for each in self.told if isinstance(each, Observation)]
        return next((values[quantity] for values in reversed(seen) if quantity in values), None)

    @property
    def happened(self) -> list[str]:
        return [each.event.name for each in self.told if isinstance(each, Happened)]
