"""Insisting on a disk that refuses: the depot waits, acknowledges nothing, and loses nothing."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from typing import TypeVar

_log = logging.getLogger(__name__)
_RETRY_S = 5.0

Given = TypeVar("Given")


class Disk:
    """Tries a transaction again while the disk is full, read-only or busy.

    `tried` is called after each attempt: one that was refused is no standstill.
    """

    def __init__(self, stop: threading.Event, tried: Callable[[], None]) -> None:
        self._stop = stop
        self._tried = tried
        self._refuses = False

    def insist(self, transaction: Callable[[], Given]) -> Given | None:
        """What the transaction gives, at last; None when told to stop before."""
        while not self._stop.is_set():
            try:
                given = transaction()
            except sqlite3.OperationalError as error:
                self._note(str(error))
                self._tried()
                self._stop.wait(_RETRY_S)
                continue
            self._note("")
            self._tried()
            return given
        return None

    def _note(self, fault: str) -> None:
        if fault and not self._refuses:
            _log.error("the database cannot be written (%s); trying again", fault)
        elif self._refuses and not fault:
            _log.info("the database can be written again")
        self._refuses = bool(fault)
