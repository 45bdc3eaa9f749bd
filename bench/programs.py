"""The product's own programs at both ends of the road, each with a configuration made for it."""

import sys
from collections.abc import Iterable
from pathlib import Path

from bench.processes import free_port

UNIT = "bench"


def depot(folder: Path, database: Path, port: int) -> tuple[str, ...]:
    """The command that runs a depot on the broker at this port."""
    config = folder / "depot.toml"
    config.write_text(
        f"""
[depot]
name = "Bench"
[database]
path = "{database}"
[mqtt]
port = {port}
[pages]
port = {free_port()}
"""
    )
    return _command("depot", config)


def unit(folder: Path, port: int) -> tuple[str, ...]:
    """The command that runs a unit whose journal is in `folder`; its one line is silent."""
    return _command(
        "device",
        unit_toml(folder, folder, folder / "snapshot.json", port, ["battery"], gathers=False),
    )


def unit_toml(
    folder: Path,
    journals: Path,
    snapshot: Path,
    port: int,
    sources: Iterable[str],
    budget_mb: int = 256,
    *,
    gathers: bool = True,
) -> Path:
    """Writes a unit's configuration: every default as it is, but no TLS and the whole link.

    A unit that does not gather sends a backlog's last records at once too.
    """
    config = folder / "unit.toml"
    lines = "".join(
        f"""
[[source]]
name = "{source}"
protocol = "jbd"
port = "/dev/bench-{source}"
"""
        for source in sources
    )
    config.write_text(
        f"""
[unit]
name = "{UNIT}"
{lines}
[journal]
directory = "{journals}"
kiosk = "{folder / "kiosk.journal"}"
budget_mb = {budget_mb}
[snapshot]
path = "{snapshot}"
content = "{folder / "content.json"}"
[mqtt]
host = "127.0.0.1"
port = {port}
tls = false
backlog_share = 1.0
{"" if gathers else "gather_s = 0"}
"""
    )
    return config


def _command(room: str, config: Path) -> tuple[str, ...]:
    program = Path(sys.executable).with_name(f"triporteur-{room}")
    return str(program), "run", "--config", str(config)
