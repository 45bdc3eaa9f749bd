"""The computer: its supply and its temperature."""

import subprocess
from contextlib import suppress

from triporteur_device.doctor.bedside import Bedside
from triporteur_device.machine import sysfs
from triporteur_wire.findings import Answer, attention, well, wrong

#: Raspberry Pi's documentation of `get_throttled`: low now, low since the start.
_LOW_NOW, _WAS_LOW = 0x1, 0x10000
#: From 80 °C on a Pi is slowed down, at 85 °C much.
_HOT_C, _TOO_HOT_C = 75.0, 80.0
_MEND = "a shorter, thicker cable, or a converter for 5.1 V and 3 A"


def supply(here: Bedside) -> Answer:
    throttled = _throttled(here)
    if sysfs.undervoltage(here.sys) or throttled & _LOW_NOW:
        return wrong(f"the supply is too low now: {_MEND}")
    if throttled & _WAS_LOW:
        return attention(f"the supply was too low since the start: {_MEND}")
    return well("nothing says that the supply is too low")


def warmth(here: Bedside) -> Answer:
    found_c = sysfs.cpu_temp_c(here.sys)
    if found_c is None:
        return well("this machine does not say how warm it is")
    if found_c >= _TOO_HOT_C:
        return wrong(f"{found_c:.0f} °C: it slows itself down; give the box air, or shade")
    if found_c >= _HOT_C:
        return attention(f"{found_c:.0f} °C is warm; from 80 °C on it slows itself down")
    return well(f"{found_c:.0f} °C")


def _throttled(here: Bedside) -> int:
    """The firmware's flags; 0 on a machine that has none."""
    told = sysfs.throttled(here.sys)
    if told is not None:
        return told
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        return int(here.ask(("vcgencmd", "get_throttled")).strip().removeprefix("throttled="), 16)
    return 0
