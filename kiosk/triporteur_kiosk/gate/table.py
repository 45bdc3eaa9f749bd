"""`[gate]` of `unit.toml`: on which interface phones come in, and how far they get."""

from typing import Annotated, Literal

import msgspec

from triporteur_kiosk.values import AbsolutePath
from triporteur_wire.gate import Access

_INTERFACE_IN_WORDS = "the name of a network interface, such as wlan0 or eth0"
_InterfaceName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?!(lo|all|default)\Z)[A-Za-z0-9][A-Za-z0-9_.-]{0,14}\Z",
        description=_INTERFACE_IN_WORDS,
    ),
]
#: The words stand twice, for a fault is told with those of the outer type.
Interface = Annotated[_InterfaceName | None, msgspec.Meta(description=_INTERFACE_IN_WORDS)]
Ssid = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,32}\Z",
        description="1 to 32 characters (at most 32 bytes in UTF-8), none of them a line end",
    ),
]
#: Out of doors the lower 5 GHz channels are forbidden in Europe, and the upper ones need a radio
#: that gives way to radar.
Channel = Annotated[
    int, msgspec.Meta(ge=1, le=13, description="a channel of the 2.4 GHz band, 1 to 13")
]
Country = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z", description="a country in two capitals, such as FR")
]
#: Stands in other programs' files, which have no one way to quote; a socket's path is short.
Folder = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?=.{2,80}\Z)(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+\Z",
        description="a path of at most 80 plain letters, digits, '.', '_', '-', that begins with /",
    ),
]
Minutes = Annotated[float, msgspec.Meta(ge=1, le=1440)]
Megabytes = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Stations = Annotated[int, msgspec.Meta(ge=1, le=2007)]


PathOrNone = Annotated[
    str, msgspec.Meta(pattern=r"^(/.+)?\Z", description="a path that begins with /, or nothing")
]


class GateTable(msgspec.Struct, frozen=True):
    """Without `interface` there is no gate. `ssid`, `channel` and `country` are of an own radio."""

    interface: Interface = None
    radio: Literal["own", "external"] = "own"
    ssid: Ssid = "Triporteur"
    channel: Channel = 6
    country: Country = "FR"
    most_stations: Stations | None = None
    network: str = "10.77.0.0/22"
    access: Access = "local"
    session_min: Minutes = 60
    visitor_mb: Megabytes = 200
    budget_mb: Megabytes = 2000
    uplink: Interface = None
    resolvers: tuple[str, ...] = ()
    ram: Folder = "/run/triporteur-gate"
    spent: AbsolutePath = "/var/lib/triporteur-gate/spent.json"
    legal_log: PathOrNone = ""
