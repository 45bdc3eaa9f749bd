"""What a process asks of the disk, by strace: how often it waits for it, and bytes by file.

strace stops a process at the calls it watches and at no others (--seccomp-bpf), but does slow
these: what is counted in this way is never timed.
"""

import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.processes import Child, until

_SYNCS = {"fsync", "fdatasync"}
_BEGUN = re.compile(r"^(\d+) +(\w+)\(\d+<([^>]*)>")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>")
_ANSWER = re.compile(r"= (\d+)$")
_ENDED = re.compile(r"^(\d+) \+\+\+")


@dataclass(frozen=True, slots=True)
class Asked:
    """`written_bytes` by the file's name: what was written, before any rounding to pages."""

    syncs: int
    written_bytes: dict[str, int]


def available() -> bool:
    return shutil.which("strace") is not None


def traced(trace: Path) -> tuple[str, ...]:
    """To put before a command whose trace is to be written to this file."""
    calls = f"trace={','.join(sorted(_SYNCS))},pwrite64"
    options = ("-D", "-f", "--seccomp-bpf", "-q", "-y", "-s", "0", "-e", calls)
    return ("strace", *options, "-o", str(trace))


def wait_for_end(trace: Path, child: Child) -> None:
    """Until strace has written that the process ended: it lives on a moment longer."""

    def is_told() -> bool:
        ends = map(_ENDED.match, trace.read_text().splitlines())
        return any(end and int(end[1]) == child.pid for end in ends)

    until(is_told)


def read(trace: Path) -> Asked:
    """Counts a finished trace. Calls that threads interrupted are told in two lines."""
    syncs, written, begun = 0, Counter[str](), dict[str, str]()
    with trace.open() as lines:
        for line in lines:
            if match := _BEGUN.match(line):
                thread, call, path = match.groups()
                begun[thread] = path
            elif match := _RESUMED.match(line):
                thread, call = match.groups()
            else:
                continue
            answer = _ANSWER.search(line)
            if answer and call in _SYNCS:
                syncs += 1
            elif answer:
                written[Path(begun[thread]).name] += int(answer[1])
    return Asked(syncs, dict(written))
