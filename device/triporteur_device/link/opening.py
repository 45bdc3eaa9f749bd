"""The only door to a line."""

from collections.abc import Set as AbstractSet
from pathlib import Path

from triporteur_device.link.base import Link
from triporteur_device.link.read_only import ReadOnlyLink

_REPLAY = "replay:"


def open_link(address: str, baud: int, requests: AbstractSet[bytes] = frozenset()) -> ReadOnlyLink:
    """Opens `/dev/…`, `socket://host:port` (both 8N1), or `replay:FILE`. Raises LinkLost.

    `requests` is all that may ever be sent there.
    """
    return ReadOnlyLink(_open(address, baud), requests)


def _open(address: str, baud: int) -> Link:
    if address.startswith(_REPLAY):
        from triporteur_device.link.replay import ReplayLink

        return ReplayLink(Path(address.removeprefix(_REPLAY)), baud)
    from triporteur_device.link.serial_port import SerialLink

    return SerialLink(address, baud)
