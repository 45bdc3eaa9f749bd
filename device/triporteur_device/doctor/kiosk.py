"""The kiosk's own doctor, which knows the tables and the services that are the kiosk's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from triporteur_wire.findings import Finding, Verdict, read

_PATIENCE_S = 60.0
_BADLY_CONFIGURED = 2
#: Root looks for modules neither in the folder where he is, nor at home; and leaves nothing there.
_PYTHON = (sys.executable, "-P", "-s", "-B")


def kiosk(unit_toml: Path) -> Iterator[Finding]:
    """All that it finds, or why it finds nothing. It is of the release that this process is of."""
    done = subprocess.run(
        (*_PYTHON, "-m", "triporteur_kiosk", "doctor", "--json", "--config", str(unit_toml)),
        capture_output=True, check=False, encoding="utf-8", stdin=subprocess.DEVNULL,
        timeout=_PATIENCE_S, env=_environment(),
    )  # fmt: skip
    said, complaints = done.stdout.splitlines(), done.stderr.strip().splitlines()
    if done.returncode == _BADLY_CONFIGURED and not said:
        yield from (Finding("unit.toml", Verdict.WRONG, fault) for fault in complaints)
        return
    try:
        yield from [read(line) for line in said]
    except msgspec.DecodeError:
        complaints = [*complaints, said[-1]]
    if complaints:
        yield Finding("kiosk", Verdict.ATTENTION, f"could not be looked at ({complaints[-1]})")


def _environment() -> dict[str, str]:
    """Modules are found where this process finds them, and nothing else tells Python what to do."""
    plain = {name: told for name, told in os.environ.items() if not name.startswith("PYTHON")}
    return plain | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
