"""The demo's processes: started together, watched, and stopped by their own pids."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

_REPOSITORY = Path(__file__).parent.parent
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.1
_END_S = 10.0


class DemoFailed(RuntimeError):
    """Something the demo needs did not come up; says where to look."""


class Processes:
    """Starts processes that die with this one, and ends them in the opposite order."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._started: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._pipes: list[int] = []

    def start(
        self, name: str, *command: str, words: Path | None = None, **variables: str
    ) -> subprocess.Popen[bytes]:
        """Starts a command; it reads `words`, a pipe, and writes to `<name>.log`.

        To be called in the main thread: a child is ended with the thread that started it.
        """
        # A pipe opened for both ends never ends, whoever writes to it and leaves.
        told = os.open(words or os.devnull, os.O_RDWR)
        with (self._logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command],
                stdin=told,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=_REPOSITORY,
                env=os.environ | variables,
            )
        if words is None:
            os.close(told)
        else:
            self._pipes.append(told)  # whoever writes after the reader's death must not hang
        self._started.append((name, process))
        return process

    def wait(self) -> None:
        """Waits until Ctrl-C. Some may die, by the hand of someone trying what happens."""
        alive = {name: process for name, process in self._started if process.poll() is None}
        while alive:
            time.sleep(1)
            for name, process in list(alive.items()):
                if process.poll() is not None:
                    del alive[name]
                    print(f"  {name} has ended ({process.returncode})", flush=True)

    def end(self) -> None:
        """Ends them all and waits for each."""
        for _, process in reversed(self._started):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for _, process in reversed(self._started):
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pipe in self._pipes:
            os.close(pipe)

    def wait_for_port(self, port: int, name: str) -> None:
        """Waits until something listens. Raises DemoFailed when nothing comes."""
        self.wait_until(lambda: _listens(port), name)

    def wait_until(self, condition: Callable[[], bool], name: str) -> None:
        """Waits for what the named process should bring about. Raises DemoFailed when it fails."""
        process = dict(self._started)[name]
        until = time.monotonic() + _PATIENCE_S
        while not condition():
            if process.poll() is not None or time.monotonic() > until:
                log = self._logs / f"{name}.log"
                raise DemoFailed(f"{name} did not start: {_last_line(log)} (all in {log})")
            time.sleep(_LOOK_AGAIN_S)


def command(room: str, *words: str) -> list[str]:
    """The installed `triporteur-<room>` of this environment."""
    return [str(Path(sys.executable).with_name(f"triporteur-{room}")), *words]


def port_near(wanted: int) -> int:
    """The wanted port if it is free, else any free one."""
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoFailed("no free port on this machine")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")
