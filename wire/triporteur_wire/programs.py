"""Other programs of this machine, asked for a word; whether ours run, and who holds a lock."""

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from triporteur_wire.findings import Answer, attention, well, wrong

#: Runs a command; what it printed. Raises OSError or subprocess.SubprocessError.
Ask = Callable[[Sequence[str]], str]

_TIMEOUT_S = 10.0
#: sd_booted(3): there where systemd is the first process.
_BOOTED = Path("/run/systemd/system")


def asked(command: Sequence[str]) -> str:
    """What the command printed. Raises OSError or subprocess.SubprocessError."""
    done = subprocess.run(
        command,
        capture_output=True,
        check=True,
        encoding="utf-8",
        errors="replace",
        timeout=_TIMEOUT_S,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


def service(name: str, ask: Ask = asked, booted: Path = _BOOTED) -> Answer:
    """Whether systemd holds the service. Raises OSError or subprocess.SubprocessError."""
    if not booted.is_dir():
        return well("no systemd runs here: nobody was asked")
    told = ask(("systemctl", "show", name, "--property=LoadState,ActiveState,Result"))
    state = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    return _judged(name, state)


def lock_holder(lock: Path, proc: Path = Path("/proc")) -> int | None:
    """The process that holds a lock (flock(2)) on the file; None when none does that we can see.

    Raises OSError, such as PermissionError where the file may not be looked at.

    proc_locks(5): `1: FLOCK ADVISORY WRITE 708 08:01:13548 0 EOF`.
    """
    with suppress(FileNotFoundError):
        file = lock.stat()
        device = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}"
        for words in map(str.split, (proc / "locks").read_text(encoding="ascii").splitlines()):
            if words[1] == "FLOCK" and words[5] == f"{device}:{file.st_ino}":
                return int(words[4])
    return None


def _judged(name: str, state: dict[str, str]) -> Answer:
    match state.get("LoadState"), state.get("ActiveState"):
        case "not-found", _:
            return attention(f"{name} is not installed: install the package, or run it by hand")
        case "masked", _:
            return attention(
                f"{name} was taken out; to have it back: "
                f"systemctl unmask {name} && systemctl start {name}"
            )
        case _, "active":
            return well(f"{name} runs")
        case _, "activating" | "reloading":
            return attention(f"{name} is starting; look again in a minute")
        case _:
            return wrong(
                f"{name} does not run ({state.get('ActiveState')}, {state.get('Result')}): "
                f"systemctl start {name}; why it ended: journalctl -u {name} -n 30"
            )
