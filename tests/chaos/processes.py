"""A part of the road as a process: killed, frozen, and started again as a service manager does."""

import os
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

from tests.rig import end, running


class Part:
    """One process at a time, of one command; use as a context. Its output goes to `log`.

    `kills` counts its deaths by signal 9, ours or its own; `restarts` every other end unasked.
    """

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name = name
        self.command = list(command)
        self.kills = 0
        self.restarts = 0
        self._log = log
        self._stack = ExitStack()
        self._process: Popen[bytes] | None = None
        self._wanted = False

    def __enter__(self) -> "Part":
        return self

    def __exit__(self, *_: object) -> None:
        self._wanted = False
        self.thaw()
        self._stack.close()

    @property
    def is_up(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it, unless it runs."""
        self._wanted = True
        if not self.is_up:
            self._stack.close()
            self._process = self._stack.enter_context(running(self._log, tuple(self.command)))

    def kill(self) -> None:
        """With signal 9; it stays away until it is started."""
        if self.is_up:
            self.kills += 1
        self._end(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it where that is no fault; it stays away until it is started."""
        self._end(how)

    def freeze(self) -> None:
        self.tell(signal.SIGSTOP)

    def thaw(self) -> None:
        self.tell(signal.SIGCONT)

    def tell(self, number: signal.Signals) -> None:
        if self._process and self.is_up:
            os.kill(self._process.pid, number)

    def mend(self) -> None:
        """Starts it again when it ended though nobody asked it to."""
        if self._process and self._wanted and not self.is_up:
            if self._process.returncode == -signal.SIGKILL:
                self.kills += 1
            else:
                self.restarts += 1
            self.start()

    def _end(self, how: signal.Signals) -> None:
        self._wanted = False
        if self._process:
            self.thaw()
            end(self._process, how)
