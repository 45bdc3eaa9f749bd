"""What `unit.toml` says to the kiosk: its own tables, checked whole before anything listens."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated

import msgspec

from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.topics import UNIT_PATTERN

_PORT = re.compile(r"[0-9]{1,5}")

HostName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]


class UnitTable(msgspec.Struct, frozen=True):
    name: Annotated[str, msgspec.Meta(pattern=UNIT_PATTERN)]
    place: str = ""


class SnapshotTable(msgspec.Struct, frozen=True):
    path: str = "/run/triporteur/snapshot.json"


class PortalTable(msgspec.Struct, frozen=True):
    """`address` is the host name visitors' browsers show, with its port unless 80."""

    listen: str = "127.0.0.1:8080"
    address: HostName | None = None
    content: str = "/etc/triporteur/content.toml"


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
    console: Listen


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
        console_listen,
    )


def _portal_listen(reader: Reader, portal: PortalTable) -> Listen | None:
    listen = _listen(reader, "portal", portal.listen)
    if listen and portal.address is None and ip_address(listen.host).is_unspecified:
        reader.fault(
            "[portal] address is missing; expected the host name that visitors are led to, "
            f"for listen {portal.listen!r} names none"
        )
    return listen


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
    if not _PORT.fullmatch(port) or not 1 <= int(port) <= 65535:
        raise ValueError(found)
    bracketed = host.startswith("[") and host.endswith("]")
    address = IPv6Address(host[1:-1]) if bracketed else IPv4Address(host)
    return Listen(str(address), int(port))
