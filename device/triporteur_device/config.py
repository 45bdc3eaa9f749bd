"""What `unit.toml` says to the agent: its own tables, checked whole before anything opens."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from triporteur_device.clock import Trust
from triporteur_device.departure.table import ReadinessTable
from triporteur_device.fitting import FittingKeys, misfits
from triporteur_device.gpio.table import STALE_AFTER_MS as PINS_STALE_AFTER_MS
from triporteur_device.gpio.table import GpioTable
from triporteur_device.machine import STALE_AFTER_MS as MACHINE_STALE_AFTER_MS
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.settings import SettledReader
from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.origins import GPIO, MACHINE, OWN_SOURCES
from triporteur_wire.parcels import Settings
from triporteur_wire.topics import UnitName

Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][a-z0-9_]{0,31}\Z",
        description="a word of at most 32 lower case letters, digits and underscores",
    ),
]
#: Goes with every status, over a link that is paid for.
Place = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{0,60}\Z", description="a name of at most 60 characters"
    ),
]
Seconds = Annotated[
    float,
    msgspec.Meta(gt=0, le=86400, description="seconds, more than 0 and at most 86400"),
]
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
    """`power` is what switches the computer off: nothing that is foreseen, or the key."""

    name: UnitName
    place: Place = ""
    power: Literal["always", "key"] = "always"


class SourceTable(FittingKeys, frozen=True):
    """A line: `port` is `/dev/…`, `socket://host:port` or `replay:FILE`."""

    name: Name
    protocol: ProtocolName
    port: Address
    stale_after_s: Seconds = 10.0


class JournalTable(msgspec.Struct, frozen=True):
    """`kiosk` is the journal of the public's pages, which this agent delivers too."""

    directory: Folder = "/var/lib/triporteur"
    commit_interval_s: Seconds = 10.0
    rest_interval_s: Seconds = 300.0
    kiosk: Folder = "/var/lib/triporteur-kiosk/kiosk.journal"
    budget_mb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 256


class SnapshotTable(msgspec.Struct, frozen=True):
    """Files in RAM: the agent writes `path`, and the portal `content`.

    `console` is a folder, in which the console asks for its certificate and keeps a phone's code.
    """

    path: Folder = "/run/triporteur/snapshot.json"
    content: Folder = "/run/triporteur-kiosk/content.json"
    console: Folder = "/run/triporteur-console"


class MqttTable(msgspec.Struct, frozen=True):
    host: Host
    port: Port = 8883
    tls: bool = True
    status_period_s: Seconds = 15.0
    rest_period_s: Seconds = 60.0
    gather_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 360.0
    backlog_share: Annotated[
        float, msgspec.Meta(ge=0.05, le=1, description="a part between 0.05 and 1")
    ] = 0.5
    budget_mb: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 500
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 12


class IdentityTable(msgspec.Struct, frozen=True):
    directory: Folder = "/var/lib/triporteur/identity"


class ClockTable(msgspec.Struct, frozen=True):
    """`system` trusts the machine's own clock; only for one with a battery clock."""

    trust: Trust = "ntp"


class DeviceConfig(msgspec.Struct, frozen=True):
    unit: UnitTable
    sources: tuple[SourceTable, ...]
    gpio: GpioTable
    journal: JournalTable
    snapshot: SnapshotTable
    mqtt: MqttTable
    identity: IdentityTable
    clock: ClockTable
    readiness: ReadinessTable

    @property
    def journal_path(self) -> Path:
        """Where the journal is while the card can be used."""
        return Path(self.journal.directory) / JOURNAL_NAME

    @property
    def stale_after_ms(self) -> dict[str, int]:
        """How old a value of each source may be, in their order; the unit's own come last."""
        limits_ms = {each.name: round(each.stale_after_s * 1000) for each in self.sources}
        if self.gpio.is_source:
            limits_ms[GPIO] = PINS_STALE_AFTER_MS
        return limits_ms | {MACHINE: MACHINE_STALE_AFTER_MS}


def load(path: Path, settings: Settings | None = None) -> DeviceConfig:
    """Reads and checks the file, and what the depot set over it.

    Raises BadConfiguration with every fault at once: of the file or, where the file has none, of
    the settings.
    """
    config = _read(Reader(path, UNIT_TABLES))
    return _read(SettledReader(path, settings)) if settings else config


def _read(reader: Reader) -> DeviceConfig:
    unit = reader.table("unit", UnitTable)
    sources = reader.tables("source", SourceTable)
    gpio = reader.table("gpio", GpioTable)
    journal = reader.table("journal", JournalTable)
    snapshot = reader.table("snapshot", SnapshotTable)
    mqtt = reader.table("mqtt", MqttTable)
    identity = reader.table("identity", IdentityTable)
    clock = reader.table("clock", ClockTable)
    readiness = reader.table("readiness", ReadinessTable)
    _check_sources(reader, sources)
    for fault in gpio.faults() if gpio else ():
        reader.fault(fault)
    reader.finish()
    assert unit
    assert gpio
    assert journal
    assert snapshot
    assert mqtt
    assert identity
    assert clock
    assert readiness
    return DeviceConfig(
        unit, tuple(sources), gpio, journal, snapshot, mqtt, identity, clock, readiness
    )


def _check_sources(reader: Reader, sources: list[SourceTable]) -> None:
    for key in ("name", "port"):
        for found, count in Counter(getattr(source, key) for source in sources).items():
            if count > 1:
                reader.fault(f"[source] {key} found {found!r} {count} times; expected each once")
    for name in OWN_SOURCES:
        if any(source.name == name for source in sources):
            reader.fault(f"[source] name found {name!r}; that one is the unit's own: name it else")
    for source in sources:
        for sentence in misfits(source.protocol, source):
            reader.fault(f"[source {source.name}] {sentence}")
