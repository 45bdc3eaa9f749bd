"""The kiosk's own tables of `unit.toml`, but `[gate]`, which is the gate's."""

from typing import Annotated, Literal

import msgspec

from triporteur_kiosk.values import AbsolutePath, HostName, Place
from triporteur_wire.consoles import MOST_NAMES, DomainName
from triporteur_wire.topics import UnitName


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
    """`address` is the host name visitors' browsers show, with its port unless 80.

    `certificate` and `key` are of that name, and `secured` where they are shown.
    """

    listen: str | None = None
    address: HostName | None = None
    content: str = "/etc/triporteur/content.toml"
    pushed: AbsolutePath = "/var/lib/triporteur/content/portal.json"
    journal: AbsolutePath = "/var/lib/triporteur-kiosk/kiosk.journal"
    certificate: AbsolutePath | None = None
    key: AbsolutePath | None = None
    secured: str | None = None


class ConsoleTable(msgspec.Struct, frozen=True):
    """`names` are those that phones reach the console by, and that its certificate holds for."""

    listen: str | None = None
    tls: bool = True
    names: Annotated[
        tuple[DomainName, ...],
        msgspec.Meta(max_length=MOST_NAMES, description=f"a list of at most {MOST_NAMES} names"),
    ] = ()
    directory: AbsolutePath = "/var/lib/triporteur-console"
    pushed: AbsolutePath = "/var/lib/triporteur/content/console.json"
