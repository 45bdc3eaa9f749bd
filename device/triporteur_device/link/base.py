"""What a link is."""

from typing import Protocol


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
