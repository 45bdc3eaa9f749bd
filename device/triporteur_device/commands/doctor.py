"""`triporteur-device doctor`: what is wrong with this unit, a line a check, and what to do."""

import sys
from collections.abc import Iterator
from pathlib import Path

from triporteur_device.clock import system_clock
from triporteur_device.doctor import Bedside, checks
from triporteur_device.doctor.kiosk import kiosk
from triporteur_device.downlink import settled
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.findings import Finding, Verdict, examined, show


def run(unit_toml: Path, *, as_json: bool) -> int:
    """0 when nothing is wrong, 1 when something is, 2 when it is the file. Raises OSError."""
    return show(_found(unit_toml), as_json=as_json, out=sys.stdout)


def _found(unit_toml: Path) -> Iterator[Finding]:
    try:
        config, _ = settled(unit_toml)
    except BadConfiguration as error:
        yield from (Finding("unit.toml", Verdict.WRONG, fault) for fault in str(error).splitlines())
    else:
        yield Finding("unit.toml", Verdict.OK, f"the agent takes {unit_toml}")
        yield from examined(checks(config, Bedside(system_clock(config.clock.trust))))
    yield from kiosk(unit_toml)
