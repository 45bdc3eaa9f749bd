"""The two times a unit knows: since boot, always; UTC, only when something vouches for it.

A Pi has no clock of its own: after a power cut the system time is the last one saved, plausible
and wrong. So the kernel's own word counts: adjtimex(2) says whether NTP holds the clock, and how
far off it may be.
"""

import ctypes
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: The system clock is believed when NTP holds it, or always: for machines with a battery clock.
Trust = Literal["ntp", "system"]

_TIMEX_BYTES = 208  # struct timex on 64-bit Linux
_MAXERROR_AT = 24
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
#: What a battery clock set by hand may be off: nobody measures it, so a generous minute.
_SYSTEM_ERROR_MS = 60_000


@dataclass(frozen=True, slots=True)
class WallTime:
    """At `mono_ms` since boot it was `utc_ms` (Unix time), give or take `error_ms`."""

    mono_ms: int
    utc_ms: int
    error_ms: int
    origin: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Both times, as functions, so that a test or a past day can bring its own.

    `wall` gives None while nothing vouches for the system clock.
    """

    mono_ms: Callable[[], int]
    wall: Callable[[], WallTime | None]


def system_clock(trust: Trust) -> Clock:
    return Clock(boottime_ms, _ntp_time if trust == "ntp" else _system_time)


def boottime_ms() -> int:
    """Milliseconds since boot, time asleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def boot_id() -> str:
    """The kernel's random name of this boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _system_time() -> WallTime:
    return _read_both(_SYSTEM_ERROR_MS, "system")


def _ntp_time() -> WallTime | None:
    timex = ctypes.create_string_buffer(_TIMEX_BYTES)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    if state in (-1, _TIME_ERROR):
        return None
    (error_us,) = struct.unpack_from("q", timex, _MAXERROR_AT)
    return _read_both(error_us // 1000 + 1, "ntp")


def _read_both(error_ms: int, origin: str) -> WallTime:
    """Both clocks, read side by side: what passes between them would be an error nobody knows."""
    return WallTime(boottime_ms(), time.time_ns() // 1_000_000, error_ms, origin)
