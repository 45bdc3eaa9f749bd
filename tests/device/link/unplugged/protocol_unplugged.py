"""A port for pyserial, by its own way of adding one: it works until `now` says how it fails.

An adapter that is pulled out shows as one of `ERRORS`, depending on the call that meets it, on the
adapter's driver and on the kernel.
"""

import errno
import os
import termios

from serial import PortNotOpenError, SerialBase, SerialException, SerialTimeoutException

HANDLERS = __package__

ERRORS: list[Exception] = [
    *(
        OSError(number, os.strerror(number))
        for number in (errno.EIO, errno.ENODEV, errno.ENXIO, errno.EBADF, errno.ENOTTY)
    ),
    termios.error(errno.EIO, "Input/output error"),
    SerialException("device reports readiness to read but returned no data"),
    SerialTimeoutException("Write timeout"),
    PortNotOpenError(),
    ValueError("file descriptor cannot be a negative integer (-1)"),
]

#: How every call fails; None while it works.
now: Exception | None = None


class Serial(SerialBase):
    def open(self) -> None:
        fail()
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        fail()

    @property
    def in_waiting(self) -> int:
        fail()
        return 0

    def read(self, size: int = 1, /) -> bytes:
        fail()
        return b""

    def write(self, data: object, /) -> int | None:
        fail()
        return None

    def _reconfigure_port(self) -> None:
        fail()


def fail() -> None:
    if now is not None:
        raise now
