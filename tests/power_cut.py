"""A process that stands still at each line of our code: the power might go just there.

What lies in its folder then is all that a cut would leave; a copy of it, in its place, is looked at
by who starts anew. The process is a fork, which keeps to one thread.
"""

import hashlib
import os
import shutil
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

from tests.architecture.tree import ROOT

Seen = TypeVar("Seen")


def after_each_cut(
    folder: Path,
    code: tuple[str, ...],
    before: Callable[[Path], Callable[[], object]],
    look: Callable[[Path], Seen],
) -> Iterator[Seen]:
    """What `look` sees after a cut at each line, and last of all what it sees without one.

    `before` prepares a fresh folder, and gives what might be cut short: at each line of the files
    and folders that `code` names. What lay there before already is not looked at again.
    """
    fresh = folder / "fresh"
    fresh.mkdir()
    known: dict[bytes, Seen] = {}
    for _ in _stops(before(fresh), tuple(str(ROOT / name) for name in code)):
        lies_there = _digest(fresh)
        if lies_there not in known:
            known[lies_there] = _seen_in_a_copy(fresh, look)
        yield known[lies_there]


def _stops(act: Callable[[], object], places: tuple[str, ...]) -> Iterator[None]:
    """While it stands still at each line; and once it came to its end."""
    ours, its = socket.socketpair()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads that it never needs
        child = os.fork()
    if child == 0:
        ours.close()
        try:
            _stand_still_at(places, its)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    its.close()
    with ours:
        while ours.recv(1):
            yield
            ours.send(b"on")
    _, status = os.waitpid(child, 0)
    assert status == 0, "it came to no good end, cut or not"
    yield


def _stand_still_at(places: tuple[str, ...], line: socket.socket) -> None:
    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(places):
            return None
        if event == "line":
            line.send(b".")
            line.recv(2)
        return trace

    sys.settrace(trace)


def _digest(folder: Path) -> bytes:
    """Of all that a cut would leave."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        found.update(f"{path} {status.st_mode} {status.st_uid} {status.st_size}\n".encode())
        if path.is_symlink():
            found.update(os.fsencode(path.readlink()))
        elif path.is_file():
            found.update(path.read_bytes())
    return found.digest()


def _seen_in_a_copy(folder: Path, look: Callable[[Path], Seen]) -> Seen:
    """Whoever stands still keeps the files that it has open."""
    its_own = folder.with_name("its-own")
    folder.rename(its_own)
    shutil.copytree(its_own, folder, symlinks=True)
    seen = look(folder)
    shutil.rmtree(folder, ignore_errors=True)
    its_own.rename(folder)
    return seen
