"""The only byte I/O aboard: a serial port, a socket that stands for one, or a recorded stream."""

from triporteur_device.link.base import Link, LinkLost
from triporteur_device.link.opening import open_link
from triporteur_device.link.read_only import NotARead, ReadOnlyLink

__all__ = ["Link", "LinkLost", "NotARead", "ReadOnlyLink", "open_link"]
