"""Peers from the package index, each once, in an environment of its own under `.parts`."""

import subprocess
import sys
from pathlib import Path

_PARTS = Path(__file__).parent.parent / ".parts"


class NotInstalled(RuntimeError):
    """The peer cannot be installed here; says why."""


def python_with(name: str, version: str, *also: str) -> Path:
    """The Python of an environment that holds this package. Raises NotInstalled.

    `also` are packages that it needs and does not say so.
    """
    environment = _PARTS / f"{name}-{version}"
    python = environment / "bin" / "python"
    done = environment / "installed"
    if not done.exists():
        _call(sys.executable, "-m", "venv", "--clear", "--without-pip", environment)
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
        _call(*pip, f"{name}=={version}", *also)
        done.touch()
    return python


def _call(*command: str | Path) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise NotInstalled(" ".join(last) or f"{words[0]} ended with {done.returncode}")
