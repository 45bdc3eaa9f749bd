"""What was measured on, and with which versions."""

import os
import platform
import re
import sqlite3
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.drain import thingsboard

_REPOSITORY = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Machine:
    """`load` is the load average of the last minute before the run: others at work blur times."""

    date: str
    system: str
    processor: str
    cores: int
    memory_mb: int
    file_system: str
    load: float
    versions: dict[str, str]


def this_machine(folder: Path) -> Machine:
    """This one; the benches work in `folder`."""
    return Machine(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        system=_system(),
        processor=_field("/proc/cpuinfo", "model name"),
        cores=os.cpu_count() or 1,
        memory_mb=int(_field("/proc/meminfo", "MemTotal").split()[0]) // 1024,
        file_system=_said("findmnt", "-n", "-o", "FSTYPE", "-T", str(folder)),
        load=os.getloadavg()[0],
        versions={
            "triporteur": version("triporteur"),
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            "mosquitto": _mosquitto(),
            "paho-mqtt": version("paho-mqtt"),
            "msgspec": version("msgspec"),
            "thingsboard-gateway": thingsboard.VERSION,
        },
    )


def _system() -> str:
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{release}, Linux {platform.release()}, {platform.machine()}"


def _mosquitto() -> str:
    said = _said(str(_REPOSITORY / "bin" / "mosquitto"), "-h")
    found = re.search(r"version (\S+)", said)
    return found[1] if found else "unknown"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _field(path: str, name: str) -> str:
    lines = Path(path).read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown 0"
    )
