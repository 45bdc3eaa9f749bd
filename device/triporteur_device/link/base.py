"""What a link is, and which kind an address asks for."""

from pathlib import Path
from typing import Protocol

_REPLAY = "replay:"


class LinkLost(OSError):
    """The port is gone, refused or unplugged; opening it again later may help."""


class Link(Protocol):
    """A line of bytes. Every method raises LinkLost when the line is gone."""

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, waiting at most `timeout_s` for the first byte; b"" when nothing."""

    def write(self, data: bytes) -> None:
        """Sends all of it."""

    def close(self) -> None:
        """Lets go of the line; never raises."""


def open_link(address: str, baud: int) -> Link:
    """Opens `/dev/…`, `socket://host:port` (both 8N1), or `replay:FILE`. Raises LinkLost."""
    if address.startswith(_REPLAY):
        from triporteur_device.link.replay import ReplayLink

        return ReplayLink(Path(address.removeprefix(_REPLAY)), baud)
    from triporteur_device.link.serial_port import SerialLink

    return SerialLink(address, baud)
