"""`triporteur-depot doctor`: what is wrong with this depot, a line a check, and what to do."""

import sys
from collections.abc import Iterator
from pathlib import Path

from triporteur_depot.clock import utc_ms
from triporteur_depot.config import load
from triporteur_depot.doctor import Bedside, checks
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.findings import Finding, Verdict, examined, show


def run(depot_toml: Path, *, as_json: bool) -> int:
    """0 when nothing is wrong, 1 when something is, 2 when it is the file. Raises OSError."""
    return show(_found(depot_toml), as_json=as_json, out=sys.stdout)


def _found(depot_toml: Path) -> Iterator[Finding]:
    try:
        config = load(depot_toml)
    except BadConfiguration as error:
        for fault in str(error).splitlines():
            yield Finding("depot.toml", Verdict.WRONG, fault)
        return
    yield Finding("depot.toml", Verdict.OK, f"{depot_toml} is taken")
    yield from examined(checks(config, Bedside(utc_ms())))
