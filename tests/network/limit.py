"""What share of the processors a process has: a small Pi on a large machine, and on a busy one."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.rig import wait_for

_NUMBERS = itertools.count()
_UNIFIED, _CPU = Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/cpu")
# Short, for a slow processor is slow all the time.
_PERIOD_US = 20_000
_ENTER = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
_END_S = 120.0
_AHEAD = -10


class CannotBeHeld(RuntimeError):
    """This machine lets nobody make a control group; says why."""


@contextmanager
def held_to(share: float) -> Iterator[tuple[str, ...]]:
    """What to write before a command. Raises CannotBeHeld."""
    try:
        group = _make(share)
    except OSError as error:
        raise CannotBeHeld(f"no control group can be made here: {error.strerror}") from error
    try:
        yield ("sh", "-c", _ENTER, str(group))
    finally:
        _remove(group)


@contextmanager
def ahead() -> Iterator[None]:
    """This thread, and all that it starts, go before what else the machine has to do.

    Where it may not, nothing changes.
    """
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _AHEAD)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)


def _make(share: float) -> Path:
    unified = not _CPU.exists()
    group = (_UNIFIED if unified else _CPU) / f"triporteur-{os.getpid()}-{next(_NUMBERS)}"
    group.mkdir()
    try:
        quota = round(share * _PERIOD_US)
        if unified:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
    except BaseException:
        group.rmdir()
        raise
    return group


def _remove(group: Path) -> None:
    """Once its last process is gone, which the kernel says a moment late."""

    def is_gone() -> bool:
        with suppress(OSError):
            group.rmdir()
        return not group.exists()

    wait_for(is_gone, f"{group} is empty", _END_S)
