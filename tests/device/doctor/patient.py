"""A unit in one folder, made well or ill for its doctor: its files, ports and trees are real."""

import os
import tty
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from triporteur_device.clock import Clock, WallTime, boottime_ms
from triporteur_device.config import DeviceConfig, load
from triporteur_device.doctor.bedside import Acting, Bedside
from triporteur_device.snapshot import write_snapshot
from triporteur_device.updates.places import Places
from triporteur_wire.findings import Answer, Verdict
from triporteur_wire.messages import Delivery, SourceHealth, Status

NOW_MS = 1_790_000_000_000
ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wwan0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
wwan0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""
HEARD = SourceHealth("jbd", 1.0, 10, 0, {})
STATUS = Status(
    "ben", "", "1", 3, 0, None, 15, {}, {"battery": HEARD}, Delivery(True, 0, None, 0, {})
)
MYSELF = Acting(os.getuid(), frozenset([os.getgid()]), os.getpid())
#: Somebody who is neither root nor of any group.
STRANGER = Acting(65534, frozenset())


@dataclass(frozen=True, slots=True)
class Patient:
    folder: Path

    @property
    def places(self) -> Places:
        return Places(self.folder / "releases", self.folder / "factory", self.folder / "link")

    @property
    def toml(self) -> Path:
        return self.folder / "unit.toml"

    def configured(
        self, *, port: str = "/dev/null", more: str = "", host: str = "127.0.0.1", mqtt: str = ""
    ) -> DeviceConfig:
        """`more` are tables, `mqtt` lines of that table."""
        self.toml.write_text(
            f"""
[unit]
name = "ben"
[[source]]
name = "battery"
protocol = "jbd"
port = "{port}"
[journal]
directory = "{self.folder / "state"}"
kiosk = "{self.folder / "kiosk.journal"}"
[snapshot]
path = "{self.folder / "run" / "snapshot.json"}"
content = "{self.folder / "run" / "content.json"}"
console = "{self.folder / "run"}"
[identity]
directory = "{self.folder / "state" / "identity"}"
{more}
[mqtt]
host = "{host}"
{mqtt}
"""
        )
        return load(self.toml)

    def bedside(self, *, wall: bool = False, told: str | None = None) -> Bedside:
        """Its kernel's trees are folders; `told` is what other programs say."""

        def ask(command: Sequence[str]) -> str:
            if told is None:
                raise FileNotFoundError(command[0])
            return told

        known = WallTime(boottime_ms(), NOW_MS, 12, "ntp") if wall else None
        trees = {name: self.folder / name for name in ("sys", "proc", "dev", "run")}
        return Bedside(Clock(boottime_ms, lambda: known), ask=ask, places=self.places, **trees)

    def tree(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def tell(self, config: DeviceConfig, **changed: object) -> Status:
        """Leaves the snapshot of an agent that runs."""
        said = msgspec.structs.replace(STATUS, mono_ms=boottime_ms(), **changed)
        write_snapshot(Path(config.snapshot.path), said)
        return said


@contextmanager
def terminal() -> Iterator[str]:
    """A real line, whose other end nobody speaks at."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    os.close(theirs)
    try:
        yield name
    finally:
        os.close(ours)


def is_wrong(answer: Answer, *words: str) -> bool:
    """Whether it is wrong, and said with these words."""
    verdict, said = answer
    return verdict is Verdict.WRONG and all(word in said for word in words)


def is_attention(answer: Answer, *words: str) -> bool:
    verdict, said = answer
    return verdict is Verdict.ATTENTION and all(word in said for word in words)


def is_well(answer: Answer, *words: str) -> bool:
    verdict, said = answer
    return verdict is Verdict.OK and all(word in said for word in words)
