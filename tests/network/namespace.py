"""Network namespaces without a name: each is gone with its last handle, whatever became of a test.

A thread enters one for as long as it opens a socket or starts a process; both stay where they were
made. Needs root.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

_NEW_NET = 0x40000000  # CLONE_NEWNET, <sched.h>
_SET_FLAGS, _UP = 0x8914, 1  # <linux/sockios.h>, <linux/if.h>
_KERNEL = ctypes.CDLL(None, use_errno=True)
_END_S = 60.0


class Namespace:
    """Use as a context; what still runs inside is ended when it is left."""

    def __init__(self) -> None:
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _check(_KERNEL.unshare(_NEW_NET))
        try:
            self._handle = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        finally:
            _check(_KERNEL.setns(self._home, _NEW_NET))
        self.turn_on("lo")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill_all()
        os.close(self._handle)
        os.close(self._home)

    @property
    def path(self) -> str:
        """By which other programs find it, as long as this process lives."""
        return f"/proc/{os.getpid()}/fd/{self._handle}"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """The calling thread is inside meanwhile; never await there."""
        _check(_KERNEL.setns(self._handle, _NEW_NET))
        try:
            yield
        finally:
            _check(_KERNEL.setns(self._home, _NEW_NET))

    def run(self, *command: str | Path, said: str | None = None) -> str:
        """What a command prints that ends well inside; fails with what it complained of."""
        with self.entered():
            done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
        return done.stdout

    def ip(self, *lines: str) -> None:
        """Many `ip` commands at the price of one."""
        self.run("ip", "-batch", "-", said="".join(f"{line}\n" for line in lines))

    def turn_on(self, interface: str) -> None:
        """Without a process, for there are many phones."""
        with self.entered(), socket.socket() as control:
            flags = struct.pack("=16sh14x", interface.encode(), _UP)
            fcntl.ioctl(control, _SET_FLAGS, flags)

    def set(self, key: str, value: str | int) -> None:
        """Writes a setting of the kernel's network, such as `ipv4/ip_forward`."""
        with self.entered():
            (Path("/proc/sys/net") / key).write_text(str(value))

    @contextmanager
    def running(self, log: Path, *command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
        """A process inside; its words go to `log`, and it is told to end with the context."""
        with log.open("ab") as out, self.entered():
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out)
        try:
            yield process
        finally:
            end(process)

    def processes(self) -> list[int]:
        """Every process inside, but this one."""
        here = os.fstat(self._handle).st_ino
        return [pid for pid in _all_processes() if _namespace_of(pid) == here]

    def kill_all(self) -> None:
        """Ends by signal 9 what somebody's child left behind."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def end(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> int:
    """Tells a process to end and waits; what does not listen is ended by signal 9."""
    process.send_signal(by)
    try:
        process.communicate(timeout=_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode


def _all_processes() -> list[int]:
    others = (int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit())
    return [pid for pid in others if pid != os.getpid()]


def _namespace_of(pid: int) -> int | None:
    try:
        return Path(f"/proc/{pid}/ns/net").stat().st_ino
    except OSError:  # it has just ended
        return None


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"network namespace: {os.strerror(number)}")
