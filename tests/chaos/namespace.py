"""A network namespace whose own loopback loses packets: a unit in it has a bad link.

The relay's listening socket is opened inside it, so that one TCP connection of the kernel's own
meets the loss, both ways. Needs root.
"""

import ctypes
import os
import socket
import subprocess
import threading
from pathlib import Path
from typing import Self

_NEW_NET = 0x40000000  # CLONE_NEWNET, sched.h
_RULES = """
table inet chaos {{
    chain input {{
        type filter hook input priority 0;
        iif lo numgen random mod 100 < {loss_pct} drop
    }}
}}
"""


class LossyNamespace:
    """Use as a context."""

    def __init__(self, name: str, loss_pct: int) -> None:
        self.name = name
        self._rules = _RULES.format(loss_pct=loss_pct)

    def __enter__(self) -> Self:
        _run("ip", "netns", "add", self.name)
        try:
            _run(*self.command("ip", "link", "set", "dev", "lo", "up"))
            _run(*self.command("nft", "-f", "-"), said=self._rules)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        _run("ip", "netns", "delete", self.name)

    def command(self, *words: str) -> list[str]:
        """What runs a command inside."""
        return ["ip", "netns", "exec", self.name, *words]

    def listen(self) -> socket.socket:
        """A socket that listens on the namespace's loopback, for a process outside."""
        made: list[socket.socket] = []
        thread = threading.Thread(target=self._listen, args=(made,))
        thread.start()
        thread.join()
        (listening,) = made
        return listening

    def _listen(self, made: list[socket.socket]) -> None:
        # A thread moves alone, and a socket stays where it was made.
        handle = os.open(Path("/run/netns") / self.name, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(handle, _NEW_NET):
                raise OSError(ctypes.get_errno(), "setns")
        finally:
            os.close(handle)
        made.append(socket.create_server(("127.0.0.1", 0)))


def _run(*command: str, said: str | None = None) -> None:
    subprocess.run(command, check=True, input=said, text=True)
