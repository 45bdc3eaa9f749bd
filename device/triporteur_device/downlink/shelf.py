"""One parcel of the depot's, kept in a file just as it came."""

import logging
from pathlib import Path

from triporteur_device.files import read_guest, write_whole
from triporteur_wire.parcels import MAX_PARCEL_BYTES, Parcel, unpack

_log = logging.getLogger(__name__)


class Shelf:
    """The file holds what the broker retains: the last good parcel, or nothing, which is empty.

    `parcel` is None while there is none that can be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.parcel = self._read()

    def put(self, payload: bytes, parcel: Parcel | None) -> None:
        """Replaces what is kept, unless it is the same parcel already. Raises OSError."""
        if parcel is None or not same(parcel, self.parcel):
            write_whole(self._path, payload, durable=True)
            self.parcel = parcel

    def _read(self) -> Parcel | None:
        try:
            payload = read_guest(self._path, MAX_PARCEL_BYTES + 1)  # root's doctor looks here too
            return unpack(payload) if payload else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _log.warning("%s cannot be read (%s); the depot will give it again", self._path, error)
            return None


def same(one: Parcel | None, other: Parcel | None) -> bool:
    """Whether two parcels are one and the same, however they were written."""
    return _identity(one) == _identity(other)


def _identity(parcel: Parcel | None) -> tuple[int, str] | None:
    return (parcel.revision, parcel.sha256) if parcel else None
