"""What `unit.toml` says to the agent: its own tables, checked whole before anything opens."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec

from triporteur_device.clock import Trust
from triporteur_device.protocols import PROTOCOLS
from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.topics import UnitName

Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][a-z0-9_]{0,31}\Z",
        description="a word of at most 32 lower case letters, digits and underscores",
    ),
]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=86400)]
#: What no resolver chokes on.
Host = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\Z|^[0-9a-fA-F:]+\Z",
        description="a host name or an IP address",
    ),
]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Folder = Annotated[str, msgspec.Meta(pattern=r"^/.+\Z", description="a path that begins with /")]

_KNOWN = sorted(PROTOCOLS)
ProtocolName = Annotated[
    str,
    msgspec.Meta(pattern=rf"^({'|'.join(_KNOWN)})\Z", description=f"one of: {', '.join(_KNOWN)}"),
]
Address = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(/.+|socket://[^/]+:\d+|replay:.+)\Z",
        description="/dev/…, socket://host:port or replay:FILE",
    ),
]

JOURNAL_NAME = "device.journal"


class UnitTable(msgspec.Struct, frozen=True):
    name: UnitName
    place: str = ""


class SourceTable(msgspec.Struct, frozen=True):
    """A line: `port` is `/dev/…`, `socket://host:port` or `replay:FILE`."""

    name: Name
    protocol: ProtocolName
    port: Address
    stale_after_s: Seconds = 10.0


class JournalTable(msgspec.Struct, frozen=True):
    directory: Folder = "/var/lib/triporteur"
    commit_interval_s: Seconds = 10.0
    budget_mb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 256


class SnapshotTable(msgspec.Struct, frozen=True):
    path: Folder = "/run/triporteur/snapshot.json"


class MqttTable(msgspec.Struct, frozen=True):
    host: Host
    port: Port = 1883
    status_period_s: Seconds = 15.0
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 20


class ClockTable(msgspec.Struct, frozen=True):
    """`system` trusts the machine's own clock; only for one with a battery clock."""

    trust: Trust = "ntp"


class DeviceConfig(msgspec.Struct, frozen=True):
    unit: UnitTable
    sources: tuple[SourceTable, ...]
    journal: JournalTable
    snapshot: SnapshotTable
    mqtt: MqttTable
    clock: ClockTable

    @property
    def journal_path(self) -> Path:
        """Where the journal is while the card can be used."""
        return Path(self.journal.directory) / JOURNAL_NAME


def load(path: Path) -> DeviceConfig:
    """Reads and checks the file. Raises BadConfiguration with every fault at once."""
    reader = Reader(path, UNIT_TABLES)
    unit = reader.table("unit", UnitTable)
    sources = reader.tables("source", SourceTable)
    journal = reader.table("journal", JournalTable)
    snapshot = reader.table("snapshot", SnapshotTable)
    mqtt = reader.table("mqtt", MqttTable)
    clock = reader.table("clock", ClockTable)
    _check_sources(reader, sources)
    reader.finish()
    assert unit
    assert journal
    assert snapshot
    assert mqtt
    assert clock
    return DeviceConfig(unit, tuple(sources), journal, snapshot, mqtt, clock)


def _check_sources(reader: Reader, sources: list[SourceTable]) -> None:
    for key in ("name", "port"):
        for found, count in Counter(getattr(source, key) for source in sources).items():
            if count > 1:
                reader.fault(f"[source] {key} found {found!r} {count} times; expected each once")
