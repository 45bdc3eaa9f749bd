"""The serial ports of this machine, by names that outlive a restart."""

from collections.abc import Iterator
from pathlib import Path

_DEV = Path("/dev")
#: By which socket a port hangs, then by which adapter it is, then by the order of plugging. A
#: Raspberry's own pins are `serial0`, whichever of its UARTs that is.
_NAMES = ("serial/by-path/*", "serial/by-id/*", "serial0", "ttyUSB*", "ttyACM*", "ttyAMA*")


def found_ports(dev: Path = _DEV) -> list[str]:
    """Every serial port once, under its most stable name."""
    named: dict[Path, str] = {}
    for path in _candidates(dev):
        named.setdefault(path.resolve(), str(path))
    return sorted(named.values())


def stable_name(port: str, dev: Path = _DEV) -> str:
    """The port's name by the socket it hangs on; where there is none, the one given, in full."""
    if "://" in port:
        return port
    device = Path(port).resolve()
    by_path = sorted(dev.glob("serial/by-path/*"))
    stable = (path for path in by_path if path.resolve() == device)
    return str(next(stable, Path(port).absolute()))


def _candidates(dev: Path) -> Iterator[Path]:
    for pattern in _NAMES:
        yield from sorted(dev.glob(pattern))
