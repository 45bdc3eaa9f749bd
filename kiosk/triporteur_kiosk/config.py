"""What `unit.toml` says to the kiosk: its own tables, checked whole before anything listens."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated

import msgspec

from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.topics import UnitName

_PORT = re.compile(r"[0-9]{1,5}")

_ADDRESS_IN_WORDS = "a host name or address, with its port (1 to 65535) unless 80"

HostName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(:[0-9]{1,5})?\Z", description=_ADDRESS_IN_WORDS
    ),
]
#: Goes with every status, over a link that is paid for.
Place = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{0,60}\Z", description="a name of at most 60 characters"
    ),
]
AbsolutePath = Annotated[
    str, msgspec.Meta(pattern=r"^/.+\Z", description="a path that begins with /")
]


class UnitTable(msgspec.Struct, frozen=True):
    name: UnitName
    place: Place = ""


class SnapshotTable(msgspec.Struct, frozen=True):
    """Files in RAM: the agent writes `path`, and the portal `content`."""

    path: AbsolutePath = "/run/triporteur/snapshot.json"
    content: AbsolutePath = "/run/triporteur-kiosk/content.json"


class PortalTable(msgspec.Struct, frozen=True):
    """`address` is the host name visitors' browsers show, with its port unless 80."""

    listen: str = "127.0.0.1:8080"
    address: HostName | None = None
    content: str = "/etc/triporteur/content.toml"
    pushed: AbsolutePath = "/var/lib/triporteur/content/portal.json"
    journal: AbsolutePath = "/var/lib/triporteur-kiosk/kiosk.journal"


class ConsoleTable(msgspec.Struct, frozen=True):
    listen: str = "127.0.0.1:8081"


class Listen(msgspec.Struct, frozen=True):
    """Where a server listens: an address of this machine, and a port of it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class KioskConfig(msgspec.Struct, frozen=True):
    unit: UnitTable
    snapshot_path: Path
    portal: Listen
    portal_address: str
    content_path: Path
    pushed_path: Path
    journal_path: Path
    verdict_path: Path
    console: Listen

    @property
    def kept_path(self) -> Path:
        """The last good content that the depot sent: beside the journal."""
        return self.journal_path.with_name("content.json")

    @property
    def ack_path(self) -> Path:
        """Where the agent leaves what the depot acknowledged: beside the snapshot."""
        return self.snapshot_path.with_name("ack.json")


def load(path: Path) -> KioskConfig:
    """Reads and checks the file. Raises BadConfiguration with every fault at once."""
    reader = Reader(path, UNIT_TABLES)
    unit = reader.table("unit", UnitTable)
    snapshot = reader.table("snapshot", SnapshotTable)
    portal = reader.table("portal", PortalTable)
    console = reader.table("console", ConsoleTable)
    portal_listen = portal and _portal_listen(reader, portal)
    console_listen = console and _console_listen(reader, console)
    reader.finish()
    assert unit
    assert snapshot
    assert portal
    assert portal_listen
    assert console_listen
    return KioskConfig(
        unit,
        Path(snapshot.path),
        portal_listen,
        portal.address or str(portal_listen),
        Path(portal.content),
        Path(portal.pushed),
        Path(portal.journal),
        Path(snapshot.content),
        console_listen,
    )


def _portal_listen(reader: Reader, portal: PortalTable) -> Listen | None:
    listen = _listen(reader, "portal", portal.listen)
    if portal.address and ":" in portal.address:
        _check_port(reader, portal.address)
    if listen and portal.address is None and ip_address(listen.host).is_unspecified:
        reader.fault(
            "[portal] address is missing; expected the host name that visitors are led to, "
            f"for listen {portal.listen!r} names none"
        )
    return listen


def _check_port(reader: Reader, address: str) -> None:
    if not _is_port(address.rpartition(":")[2]):
        reader.fault(f"[portal] address found {address!r}; expected {_ADDRESS_IN_WORDS}")


def _console_listen(reader: Reader, console: ConsoleTable) -> Listen | None:
    listen = _listen(reader, "console", console.listen)
    if listen and not ip_address(listen.host).is_loopback:
        reader.fault(
            f"[console] listen found {console.listen!r}; expected a loopback address such as "
            "127.0.0.1:8081, for the console asks nobody who they are"
        )
    return listen


def _listen(reader: Reader, table: str, found: str) -> Listen | None:
    try:
        return _parse_listen(found)
    except ValueError:
        reader.fault(
            f"[{table}] listen found {found!r}; "
            "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080"
        )
        return None


def _parse_listen(found: str) -> Listen:
    """Raises ValueError when it is not an IP address and a port."""
    host, _, port = found.rpartition(":")
    if not _is_port(port):
        raise ValueError(found)
    bracketed = host.startswith("[") and host.endswith("]")
    address = IPv6Address(host[1:-1]) if bracketed else IPv4Address(host)
    return Listen(str(address), int(port))


def _is_port(text: str) -> bool:
    return _PORT.fullmatch(text) is not None and 1 <= int(text) <= 65535
