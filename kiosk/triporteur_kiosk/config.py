"""What `unit.toml` says to the kiosk: its own tables, checked whole before anything listens."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.consoles import MOST_NAMES, DomainName, default_name, is_name
from triporteur_wire.desk import SOCKET_NAME
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
    """`power` is the agent's."""

    name: UnitName
    place: Place = ""
    power: Literal["always", "key"] = "always"


class SnapshotTable(msgspec.Struct, frozen=True):
    """Files in RAM: the agent writes `path`, and the portal `content`.

    `console` is a folder, in which the console asks for its certificate and keeps a phone's code.
    """

    path: AbsolutePath = "/run/triporteur/snapshot.json"
    content: AbsolutePath = "/run/triporteur-kiosk/content.json"
    console: AbsolutePath = "/run/triporteur-console"


class PortalTable(msgspec.Struct, frozen=True):
    """`address` is the host name visitors' browsers show, with its port unless 80."""

    listen: str = "127.0.0.1:8080"
    address: HostName | None = None
    content: str = "/etc/triporteur/content.toml"
    pushed: AbsolutePath = "/var/lib/triporteur/content/portal.json"
    journal: AbsolutePath = "/var/lib/triporteur-kiosk/kiosk.journal"


class ConsoleTable(msgspec.Struct, frozen=True):
    """`names` are those that phones reach the console by, and that its certificate holds for."""

    listen: str = "127.0.0.1:8443"
    tls: bool = True
    names: Annotated[
        tuple[DomainName, ...],
        msgspec.Meta(max_length=MOST_NAMES, description=f"a list of at most {MOST_NAMES} names"),
    ] = ()
    directory: AbsolutePath = "/var/lib/triporteur-console"
    pushed: AbsolutePath = "/var/lib/triporteur/content/console.json"


class Listen(msgspec.Struct, frozen=True):
    """Where a server listens: an address of this machine, and a port of it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class ConsolePlaces(msgspec.Struct, frozen=True):
    """Where the console keeps its own, in `directory`, and meets the agent.

    `request`, `verdict` and `invitation` are the console's own files in RAM; `certified` and
    `pushed` are the agent's.
    """

    directory: Path
    request: Path
    verdict: Path
    invitation: Path
    certified: Path
    pushed: Path

    @property
    def key(self) -> Path:
        return self.directory / "key.pem"


class KioskConfig(msgspec.Struct, frozen=True):
    """`console_names` are never none, unless `console_tls` is False."""

    unit: UnitTable
    snapshot_path: Path
    portal: Listen
    portal_address: str
    content_path: Path
    pushed_path: Path
    journal_path: Path
    verdict_path: Path
    console: Listen
    console_tls: bool
    console_names: tuple[str, ...]
    console_places: ConsolePlaces

    @property
    def console_url(self) -> str:
        """Where phones find the console."""
        if not self.console_tls:
            return f"http://{self.console}/"
        port = "" if self.console.port == 443 else f":{self.console.port}"
        return f"https://{self.console_names[0]}{port}/"

    @property
    def kept_path(self) -> Path:
        """The last good content that the depot sent: beside the journal."""
        return self.journal_path.with_name("content.json")

    @property
    def desk_path(self) -> Path:
        """Where the agent hears what the team taps: beside the snapshot."""
        return self.snapshot_path.with_name(SOCKET_NAME)

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
    names = _console_names(reader, console, unit) if console and unit else ()
    reader.finish()
    assert unit
    assert snapshot
    assert portal
    assert portal_listen
    assert console
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
        console.tls,
        names,
        _places(snapshot, console),
    )


def _places(snapshot: SnapshotTable, console: ConsoleTable) -> ConsolePlaces:
    ram = Path(snapshot.console)
    return ConsolePlaces(
        Path(console.directory),
        ram / "request.pem",
        ram / "certificate.json",
        ram / "invitation.json",
        Path(snapshot.path).with_name("console.pem"),
        Path(console.pushed),
    )


def _console_names(reader: Reader, console: ConsoleTable, unit: UnitTable) -> tuple[str, ...]:
    if console.names or not console.tls:
        return console.names
    name = default_name(unit.name)
    if not is_name(name):
        reader.fault(
            f"[console] names is missing; {name!r} would be the console's, and no certificate "
            "holds for that: write another"
        )
    return (name,)


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
    if listen and not console.tls and not ip_address(listen.host).is_loopback:
        reader.fault(
            f"[console] listen found {console.listen!r}; without tls expected a loopback address "
            "such as 127.0.0.1:8081, for then the console asks nobody who they are"
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
