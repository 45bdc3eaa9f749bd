"""The unit's pins as a source, and what is switched by them: one thread, a few looks a second."""

import logging
import threading
from collections.abc import Callable, Iterator

from triporteur_device.gpio.board import Board
from triporteur_device.gpio.lamp import Lamp, Pattern
from triporteur_device.gpio.phones import PhoneSupply
from triporteur_device.gpio.settled import Settled
from triporteur_device.gpio.table import GpioTable, Role
from triporteur_device.gpio.wheel import Wheel
from triporteur_device.live import Happened, Observation
from triporteur_wire.battery import battery
from triporteur_wire.messages import Doubt, SourceHealth, Status
from triporteur_wire.origins import GPIO
from triporteur_wire.quantities import Value
from triporteur_wire.records import Event

_log = logging.getLogger(__name__)

#: Two looks settle a contact, and the shortest flash of the lamp is two looks.
_LOOK_S = 0.05
_TELL_MS = 2_000
_OPEN_AGAIN_S = 10.0
_FLAGS: dict[Role, str] = {"charger": "charger_plugged", "key": "key_on"}


class Pins:
    """Reads the inputs, switches the outputs; without a board, does nothing.

    `tell` is called in this thread with what was read and what happened; `on_press` with each
    press of the team's button.
    """

    name = GPIO
    #: The pins say nothing of the battery that could be stuck.
    moved_ms = None

    def __init__(
        self,
        table: GpioTable,
        board: Board | None,
        mono_ms: Callable[[], int],
        tell: Callable[[Observation | Happened], None],
        on_press: Callable[[], None] = lambda: None,
    ) -> None:
        self._table = table
        self._board = board
        self._mono_ms = mono_ms
        self._tell = tell
        self._on_press = on_press
        self._contacts: dict[str, Settled] = {}
        self._wheel: Wheel | None = None
        self._lamp: Lamp | None = None
        self._switch_phones: Callable[[bool], None] | None = None
        self._phones_wanted = True
        self._phones_allowed = False
        self._phones = PhoneSupply(table.phones_off_below_pct, table.phones_on_above_pct)
        self._flags: dict[str, bool] = {}
        self._charge_pct: int | None = None
        self._pressed = threading.Event()
        self._told_ms: int | None = None
        self._tellings = 0

    def health(self) -> SourceHealth:
        """Readings of the pins since the agent started; offline where they cannot be used."""
        told = self._told_ms
        return SourceHealth(
            protocol=GPIO,
            heard_age_s=None if told is None else (self._mono_ms() - told) / 1000,
            frames=self._tellings,
            refused=0,
            discarded={},
            doubts=() if self._board else (Doubt.OFFLINE,),
        )

    def show(self, status: Status) -> None:
        """The unit's newest status: by its charge the phones are supplied, or not."""
        self._charge_pct = battery(status).charge_pct

    def light(self, pattern: Pattern) -> None:
        """What the lamp says, at each tick of the agent: it goes dark when nobody says it again."""
        if self._lamp:
            self._lamp.show(pattern, self._mono_ms())

    def supply_phones(self, on: bool) -> bool | None:
        """Switches the phones' supply, which a low charge keeps off whatever was asked.

        Whether it is on from the next look on; None where there is none to switch.
        """
        self._phones_wanted = on
        if self._switch_phones is None or self._board is None:
            return None
        return on and self._phones_allowed

    def run(self, stop: threading.Event) -> None:
        """Looks and switches until `stop`; pins that are lost are tried again and again."""
        board = self._board
        while board is not None:
            self._work(board, stop)
            board = self._board = self._open_again(board, stop)

    def _work(self, board: Board, stop: threading.Event) -> None:
        """Until `stop`, or until the pins are lost."""
        try:
            self.wire(board)
            while not stop.is_set():
                self.look()
                stop.wait(_LOOK_S)
        except board.faults as error:
            self._board = None
            _log.error("gpio: the pins are lost (%s); going on without", error)
        finally:
            board.close()

    def _open_again(self, board: Board, stop: threading.Event) -> Board | None:
        """None at `stop`."""
        while not stop.wait(_OPEN_AGAIN_S):
            try:
                again = board.anew()
            except board.faults:
                continue
            _log.info("gpio: the pins are there again")
            return again
        return None

    def wire(self, board: Board) -> None:
        """Opens every pin that is wired and can be had."""
        found = {quantity: board.contact(role) for role, quantity in _FLAGS.items()}
        self._contacts = {quantity: Settled(read) for quantity, read in found.items() if read}
        board.contact("button", self._pressed.set)
        self._wire_wheel(board)
        switch = board.switch("lamp")
        self._lamp = Lamp(switch) if switch else None
        self._switch_phones = board.switch("phones")

    def _wire_wheel(self, board: Board) -> None:
        """One that was wired before goes on counting."""
        if self._table.wheel_circumference_m is None:
            return
        wheel = self._wheel or Wheel(self._table.wheel_circumference_m, self._table.wheel_pulses)
        if board.contact("wheel", lambda: wheel.pulse(self._mono_ms())):
            self._wheel = wheel

    def look(self) -> None:
        """One look at every input, and every output set."""
        now_ms = self._mono_ms()
        if self._lamp:
            self._lamp.play(now_ms)
        if self._pressed.is_set():
            self._pressed.clear()
            self._on_press()
        before, self._flags = self._flags, dict(self._look_at_flags(now_ms))
        if self._flags != before or self._is_due(now_ms):
            self._tell_all(now_ms)
        if before.get("key_on", self._flags.get("key_on")) != self._flags.get("key_on"):
            self._tell(Happened(now_ms, Event("key_on" if self._flags["key_on"] else "key_off")))

    def _look_at_flags(self, now_ms: int) -> Iterator[tuple[str, bool]]:
        for quantity, contact in self._contacts.items():
            yield quantity, contact.look()
        if self._switch_phones:
            self._phones_allowed = self._phones.decide(self._charge_pct, now_ms)
            on = self._phones_allowed and self._phones_wanted
            self._switch_phones(on)
            yield "phone_charging", on

    def _is_due(self, now_ms: int) -> bool:
        return self._told_ms is None or now_ms - self._told_ms >= _TELL_MS

    def _tell_all(self, now_ms: int) -> None:
        values: dict[str, Value] = {**self._flags}
        if self._wheel:
            values.update(self._wheel.read(now_ms))
        if values:
            self._told_ms = now_ms
            self._tellings += 1
            self._tell(Observation(GPIO, now_ms, values))
