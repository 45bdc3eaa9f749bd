"""The gate before the wire: whatever a program may want, a device is only ever read."""

from collections.abc import Set as AbstractSet

from triporteur_device.link.base import Link


class NotARead(ValueError):
    """Bytes that the device's protocol does not list; the program's fault."""


class ReadOnlyLink:
    """A link that lets the listed requests out, whole, and not one byte besides.

    `requests` is empty for a line that is only listened to.
    """

    def __init__(self, line: Link, requests: AbstractSet[bytes]) -> None:
        self._line = line
        self._requests = frozenset(requests)

    def read(self, timeout_s: float) -> bytes:
        return self._line.read(timeout_s)

    def write(self, data: bytes) -> None:
        """Raises NotARead, before anything is sent, when this may not be asked."""
        if data not in self._requests:
            raise NotARead(f"{data.hex(' ') or 'nothing'} is not a read of this protocol; not sent")
        self._line.write(data)

    def close(self) -> None:
        self._line.close()
