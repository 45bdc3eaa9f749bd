"""The kiosk's journal file while it can be had: none of its troubles reaches a page.

Who reads it: the agent, another user in the group of the folder, with the right to read and no
other. SQLite gives the side files of WAL the mode of the database, so 0640 on one is 0640 on all;
a reader that may not write takes its locks on them all the same. But the last to close the
database deletes the side files, and a reader that may not create them could then not open it: so
they are put back, empty. The folder is 0750: were it writable for the group, a reader could leave
a side file of its own there, which this process could not write.
"""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from triporteur_device.journal import JournalWriter
from triporteur_kiosk.loss import Loss
from triporteur_wire.messages import Ack, decode_ack
from triporteur_wire.records import Usage

_log = logging.getLogger(__name__)

#: 34 000 hours in which every word was counted, at 470 bytes each.
BUDGET_BYTES = 16_000_000


class UsageJournal:
    """Opens the file once the boot has its number, and again after each failure.

    `boot_no` gives None while the agent has not told it. `ack_path` is where the agent leaves the
    depot's acknowledgement. Use it from one thread.
    """

    def __init__(
        self, path: Path, boot_no: Callable[[], int | None], ack_path: Path, version: str
    ) -> None:
        self._path = path
        self._boot_no = boot_no
        self._ack_path = ack_path
        self._version = version
        self._writer: JournalWriter | None = None
        self._loss = Loss(
            _log,
            f"the journal {path} cannot be used: free or mend the storage; until then what is used "
            "is counted in memory only",
            f"the journal {path} can be used again",
        )

    def open(self, now_ms: int) -> None:
        """Opens the file if it is not open and can be; otherwise the log says why, once."""
        boot_no = None if self._writer else self._boot_no()
        if boot_no is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            self._writer = JournalWriter(self._path, boot_no, now_ms, self._version, BUDGET_BYTES)
        except (OSError, sqlite3.Error) as error:
            self._loss.note(error)
        else:
            _let_the_group_read(self._path)
            self._loss.end()

    def write(self, now_ms: int, usage: Usage) -> bool:
        """Whether the record is on the card. The depot's marks go with it, to free the room."""
        if self._writer is None:
            return False
        try:
            ack = read_ack(self._ack_path)
            if ack:
                self._writer.acknowledge(ack)
            self._writer.append(now_ms, usage)
            self._writer.commit()
        except sqlite3.Error as error:
            self._loss.note(error)
            return self.close()
        return True

    def close(self) -> bool:
        """Lets go of the file; whether all that was written is on the card."""
        writer, self._writer = self._writer, None
        if writer is None:
            return True
        try:
            writer.close()
        except sqlite3.Error as error:
            self._loss.note(error)
            return False
        _let_the_group_read(self._path)
        return True


def read_ack(path: Path) -> Ack | None:
    """What the depot has, as the agent last heard; None while that is not known."""
    try:
        return decode_ack(path.read_bytes())
    except (OSError, ValueError):
        return None


def _let_the_group_read(path: Path) -> None:
    try:
        for side in ("", "-wal", "-shm"):
            file = path.with_name(path.name + side)
            file.touch()
            file.chmod(0o640)
    except OSError as error:
        _log.warning("the agent may be unable to read the journal %s: %s", path, error)
