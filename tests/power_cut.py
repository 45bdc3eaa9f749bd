"""Ends a process at each line of our code in turn, as the power might.

What is left in the files is then looked at by a process that starts anew. Use it from a script of
one thread: every run is a fork.
"""

import os
import signal
import sys
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
    """What `look` sees after each cut, and last of all what it sees without one.

    `before` prepares a fresh folder, and gives what will be cut short: at each line of the files
    and folders that `code` names.
    """
    places = tuple(str(ROOT / name) for name in code)
    for line in range(1, 10_000):
        fresh = folder / str(line)
        fresh.mkdir()
        ended = _run(before(fresh), places, line)
        yield look(fresh)
        if ended:
            return


def _run(act: Callable[[], object], places: tuple[str, ...], last_line: int) -> bool:
    """Whether it came to its end before that line of ours."""
    child = os.fork()
    if child == 0:
        try:
            _die_at(places, last_line)
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _die_at(places: tuple[str, ...], last_line: int) -> None:
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(places):
            return None
        count += event == "line"
        if count == last_line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
