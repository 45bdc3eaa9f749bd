"""The depot's clock, which is the fleet's: what units are told, and when it is not fit to be told.

Where the kernel says that something steers its clock (NTP), it counts while that holds it. Where
nothing ever did since the start, the clock is what the machine started with: a battery's, or the
one of whatever it runs in. Only a board that has neither knows no time until NTP does.
"""

import ctypes
import logging
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_log = logging.getLogger(__name__)

#: The clock is believed as above, or always.
Trust = Literal["auto", "system"]

_TIMEX_BYTES = 208  # struct timex on 64-bit Linux
_FREQUENCY_AT = 16
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine says of its clock.

    `is_held` is None when the kernel does not answer, as in some containers. `is_steered` says
    that something has set the clock's speed since the start. `keeps_time` is False of a board
    whose clock stands still while it is off.
    """

    is_held: bool | None
    is_steered: bool
    keeps_time: bool


def this_machine() -> Machine:
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    (frequency,) = struct.unpack_from("q", timex, _FREQUENCY_AT)
    # A board is described to its kernel by a device tree; a server and a virtual machine are not.
    is_board = Path("/proc/device-tree").exists()
    has_battery = any(Path("/sys/class/rtc").glob("rtc*"))
    return Machine(
        is_held=None if state == -1 else state != _TIME_ERROR,
        is_steered=frequency != 0,
        keeps_time=has_battery or not is_board,
    )


def is_believed(machine: Machine) -> bool:
    """Whether units may be told what this machine's clock says."""
    if machine.is_held is not None and (machine.is_held or machine.is_steered):
        return machine.is_held
    return machine.keeps_time


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


class DepotClock:
    """Gives UTC to be told to units, or None while the clock is not believed."""

    def __init__(self, trust: Trust, machine: Callable[[], Machine] = this_machine) -> None:
        self._trust = trust
        self._machine = machine
        self._was_believed = True

    def __call__(self) -> int | None:
        believed = self._trust == "system" or is_believed(self._machine())
        if believed is not self._was_believed:
            self._was_believed = believed
            self._tell()
        return utc_ms() if believed else None

    def _tell(self) -> None:
        if self._was_believed:
            _log.info("the clock is held again: units are told the time")
        else:
            _log.warning(
                "nothing holds this machine's clock: units are not told the time until NTP does; "
                'if it is right all the same, set [depot] clock = "system"'
            )
