"""The only byte I/O aboard: a serial port, a socket that stands for one, or a recorded stream."""

from triporteur_device.link.base import Link, LinkLost, open_link

__all__ = ["Link", "LinkLost", "open_link"]
