"""What a program says in the end of a file that it may not use."""

import os

from triporteur_wire.manager import Manager


def denied(error: BaseException) -> str:
    """The error's own words; of a file that only others may use, what to do about it.

    A service is not told to run as root: to whom its files belong is another matter.
    """
    if not isinstance(error, PermissionError) or error.filename is None:
        return str(error)
    if os.geteuid() == 0 or Manager(os.environ).listens:
        return str(error)
    return f"this user may not use {error.filename}: run this as root (sudo)"
