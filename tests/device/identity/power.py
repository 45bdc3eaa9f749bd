"""Cutting the power of what our own code does, before every line of it."""

import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import triporteur_device

_OURS = str(Path(triporteur_device.__file__).parent)
_CUT = 77


def cut_before_line(number: int, work: Callable[[], object]) -> bool:
    """Does the work in a process that dies before the line of this number; whether it did.

    It dies without a finally, a flush or a close. False when the work is done in fewer lines.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child keeps to one thread
        child = os.fork()
    if child == 0:
        _work_and_die(number, work)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in (0, _CUT), f"the work itself failed, before line {number}"
    return ended == _CUT


def _work_and_die(number: int, work: Callable[[], object]) -> None:
    lines = 0

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if not frame.f_code.co_filename.startswith(_OURS):
            return None
        lines += event == "line"
        if lines >= number:
            os._exit(_CUT)
        return count

    try:
        sys.settrace(count)
        work()
        sys.settrace(None)
    except BaseException:  # noqa: BLE001 - a child must not come back as a second test run
        os._exit(1)
    os._exit(0)
