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


def kiosk(unit_toml: Path) -> Iterator[Finding]:
    """All that it finds, or why it finds nothing. It is of the release that this process is of."""
    done = subprocess.run(
        (sys.executable, "-m", "triporteur_kiosk", "doctor", "--json", "--config", str(unit_toml)),
        capture_output=True, check=False, encoding="utf-8", stdin=subprocess.DEVNULL,
        timeout=_PATIENCE_S, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
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
