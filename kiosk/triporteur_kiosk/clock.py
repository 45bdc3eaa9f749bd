"""The clock that all processes of this machine have in common, and that nobody sets."""

import time


def boottime_ms() -> int:
    """Milliseconds since boot, time asleep included."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
