"""What the kernel says of the machine; None where it does not say.

/sys/class/thermal: kernel documentation, driver-api/thermal/sysfs-api. Under-voltage: the driver
raspberrypi-hwmon, which asks the firmware every two seconds whether the supply fell below its
limit (4.63 V) since it last asked; or Raspberry Pi's own kernels, where bit 0 of `get_throttled` is
"under-voltage now" (documentation of vcgencmd).
"""

import contextlib
from pathlib import Path

SYS = Path("/sys")

_THERMAL = "class/thermal"
_HWMON = "class/hwmon"
_THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"
_UNDERVOLTAGE_NOW = 1
#: What the zone of the processor is called: cpu-thermal on a Pi, x86_pkg_temp on a desktop.
_PROCESSORS = ("cpu", "soc", "pkg")


def cpu_temp_c(sys: Path = SYS) -> float | None:
    """The processor's temperature, in °C."""
    for zone in sorted((sys / _THERMAL).glob("thermal_zone*")):
        kind = _text(zone / "type") or ""
        if any(word in kind for word in _PROCESSORS):
            milli_c = _number(zone / "temp")
            if milli_c is not None:
                return milli_c / 1000
    return None


def undervoltage(sys: Path = SYS) -> bool | None:
    """Whether the supply of a Raspberry Pi is too low now, or was in the last two seconds."""
    for sensor in sorted((sys / _HWMON).glob("hwmon*")):
        if _text(sensor / "name") == "rpi_volt":
            alarm = _number(sensor / "in0_lcrit_alarm")
            return None if alarm is None else bool(alarm)
    flags = throttled(sys)
    return None if flags is None else bool(flags & _UNDERVOLTAGE_NOW)


def throttled(sys: Path = SYS) -> int | None:
    """The flags of `get_throttled`; None on a kernel that does not show them."""
    return _number(sys / _THROTTLED, base=16)


def _text(path: Path) -> str | None:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text(encoding="utf-8").strip()
    return None


def _number(path: Path, base: int = 10) -> int | None:
    with contextlib.suppress(ValueError):
        return int(_text(path) or "", base)
    return None
