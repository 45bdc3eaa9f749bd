"""A serial port through pyserial, or `socket://host:port` standing for one.

An unplugged adapter shows as SerialException (an OSError), OSError, termios.error (which is none)
or ValueError (of a descriptor that is gone), depending on the call that meets it.
"""

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import serial

from triporteur_device.link.base import LinkLost

_WRITE_TIMEOUT_S = 1.0
_UNPLUGGED = (OSError, termios.error, ValueError)


class SerialLink:
    """8N1 at `baud`; the port is ours alone while it is open. Raises LinkLost on opening."""

    def __init__(self, address: str, baud: int) -> None:
        with _as_lost(address):
            self._port = serial.serial_for_url(
                address, baudrate=baud, write_timeout=_WRITE_TIMEOUT_S, exclusive=True
            )
        self._address = address

    def read(self, timeout_s: float) -> bytes:
        with _as_lost(self._address):
            if not timeout_s:
                return bytes(self._port.read(self._port.in_waiting))
            if self._port.timeout != timeout_s:
                self._port.timeout = timeout_s
            first = self._port.read(1)
            if not first:
                return b""
            return bytes(first + self._port.read(self._port.in_waiting))

    def write(self, data: bytes) -> None:
        with _as_lost(self._address):
            self._port.write(data)

    def close(self) -> None:
        with suppress(*_UNPLUGGED):
            self._port.close()


@contextmanager
def _as_lost(address: str) -> Iterator[None]:
    try:
        yield
    except _UNPLUGGED as error:
        raise LinkLost(f"{address}: {_in_words(error)}") from error


def _in_words(error: Exception) -> str:
    """The system's own word for it; pyserial repeats the address and speaks of its insides."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else "the device went away, or another program reads it"
