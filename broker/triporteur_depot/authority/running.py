"""The broker that runs, if one does: told to read its files anew, or to end a connection."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from triporteur_depot.authority.broker import OPENSSL, PID_FILE
from triporteur_depot.config import MqttTable
from triporteur_depot.downlink.sender import Sender


class Unheard(RuntimeError):
    """The broker was not told; the sentence says why."""


def running(folder: Path) -> int | None:
    """The broker's process; None when it does not run. Raises OSError."""
    try:
        number = int((folder / PID_FILE).read_text(encoding="ascii"))
        # What a broker that was killed left there may by now be another program's.
        name = Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return number if name == "mosquitto" else None


def reload(folder: Path) -> bool:
    """Has the broker read who may log in, with what, and what is revoked; False: it does not run.

    Raises Unheard.
    """
    number = running(folder)
    if number is None:
        return False
    try:
        os.kill(number, signal.SIGHUP)
    except ProcessLookupError:
        return False
    except PermissionError as error:
        raise Unheard(
            f"the broker (process {number}) runs and cannot be told; run this again as root"
        ) from error
    return True


def newer(folder: Path, names: Iterable[str]) -> list[str]:
    """Which of the folder's files were changed since the broker that runs was started."""
    started = (folder / PID_FILE).stat().st_mtime_ns
    return sorted(name for name in names if (folder / name).stat().st_mtime_ns > started)


def gives_tickets(folder: Path) -> bool:
    """Whether a broker that runs was started without the folder's word to OpenSSL."""
    number = running(folder)
    if number is None:
        return False
    wanted = f"OPENSSL_CONF={folder / OPENSSL}".encode()
    return wanted not in Path(f"/proc/{number}/environ").read_bytes().split(b"\0")


def end_session(table: MqttTable, unit: str) -> None:
    """Ends the unit's connection by taking its name over for a moment. Raises NotSent."""
    with Sender(table.host, table.port, table.password(), unit):
        pass
