"""What a process says to the service manager that started it: sd_notify(3), a datagram of words.

Where nobody listens, as in a terminal, nothing is said.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

#: A manager that waits for seconds need not be told of every page.
_SELDOM_S = 0.5


class Manager:
    """Whoever is named in `environment`. May be told from any thread; never raises for being deaf.

    `watchdog_s` is how long the manager waits for progress before it starts the process anew, None
    when it does not wait. `listens` is whether there is one at all.
    """

    def __init__(
        self, environment: Mapping[str, str], mono_s: Callable[[], float] = time.monotonic
    ) -> None:
        named = environment.get("NOTIFY_SOCKET", "")
        # An abstract socket is named with an at sign for the zero byte.
        self._address = "\0" + named[1:] if named.startswith("@") else named
        self.listens = bool(named)
        self.watchdog_s = _watchdog_s(environment) if named else None
        self._mono_s = mono_s
        self._told_s: float | None = None
        self._status = ""

    def ready(self) -> None:
        """The process does now what it is for."""
        self._say("READY=1")

    def progress(self) -> None:
        """Something that the process is for was just done: never call it for time that passed."""
        now_s = self._mono_s()
        if self.watchdog_s and (self._told_s is None or now_s - self._told_s >= _SELDOM_S):
            self._told_s = now_s
            self._say("WATCHDOG=1")

    def status(self, sentence: str) -> None:
        """What `systemctl status` shows; said when it is another."""
        if sentence != self._status:
            self._status = sentence
            self._say(f"STATUS={sentence}")

    def stopping(self) -> None:
        """The process ends, as it was told to."""
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if self.listens:
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto(words.encode(), self._address)


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """None also where it is meant for another process, whose environment this one has."""
    meant_for = environment.get("WATCHDOG_PID", str(os.getpid()))
    waits_us = environment.get("WATCHDOG_USEC", "")
    if meant_for != str(os.getpid()) or not waits_us.isdecimal() or not int(waits_us):
        return None
    return int(waits_us) / 1_000_000
