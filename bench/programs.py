"""The product's own programs at both ends of the road, each with a configuration made for it."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from bench.processes import free_port

UNIT = "bench"
#: What systemd/every gives each service.
AS_A_SERVICE = ("env", "MALLOC_ARENA_MAX=1")


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


def unit_reading(
    folder: Path, snapshot: Path, port: int, ports: Mapping[str, Path]
) -> tuple[str, ...]:
    """The command that runs a unit with these lines, by protocol; every default as it is."""
    return _command("device", unit_toml(folder, folder, snapshot, port, [], read=ports))


def simulator(*places: str) -> tuple[str, ...]:
    """The command that runs a trike's devices at these `DEVICE=PATH`, in the middle of a day."""
    program = Path(sys.executable).with_name("triporteur-device")
    return str(program), "simulate", "--trike", "on-site", "--start", "10:20", *places


def unit_toml(
    folder: Path,
    journals: Path,
    snapshot: Path,
    port: int,
    sources: Iterable[str],
    budget_mb: int = 256,
    *,
    gathers: bool = True,
    read: Mapping[str, Path] = MappingProxyType({}),
) -> Path:
    """Writes a unit's configuration: every default as it is, but no TLS and the whole link.

    `sources` have no line behind them; `read` has, by protocol. A unit that does not gather sends
    a backlog's last records at once too.
    """
    config = folder / "unit.toml"
    silent = (_source(name, "jbd", f"/dev/bench-{name}") for name in sources)
    lines = "".join([*silent, *(_source(name, name, str(line)) for name, line in read.items())])
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


def _source(name: str, protocol: str, line: str) -> str:
    return f"""
[[source]]
name = "{name}"
protocol = "{protocol}"
port = "{line}"
"""


def _command(room: str, config: Path) -> tuple[str, ...]:
    program = Path(sys.executable).with_name(f"triporteur-{room}")
    return *AS_A_SERVICE, str(program), "run", "--config", str(config)
