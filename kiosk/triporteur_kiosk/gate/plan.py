"""Everything that the gate is to be: the table, made ready, with its places and neighbours."""

from ipaddress import ip_address
from pathlib import Path

import msgspec

from triporteur_kiosk.gate.network import GateNetwork, network
from triporteur_kiosk.gate.table import GateTable
from triporteur_wire.configuration import Reader
from triporteur_wire.gate import Access

#: What the chip of the Pi 3B+, 4 and 5 is rated for with its "minimal" firmware.
OWN_RADIO_STATIONS = 19
OUTDOOR_STATIONS = 300
#: A phone that left is forgotten after that; one that stays asks anew after half of it.
LEASE_S = 900
_MB = 1_000_000
#: IEEE 802.11, the element SSID.
_SSID_BYTES = 32


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages aboard are reached by: `names` are the portal's and the console's.

    `secured_port` and `api` (its address, for RFC 8908) are None where the portal has no
    certificate, `console_port` where the console is not for phones.
    """

    names: tuple[str, ...]
    portal_port: int
    secured_port: int | None
    console_port: int | None
    api: str | None


class GatePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is made of `[gate]`, and of the tables beside it.

    `ssid` is None behind an access point of its own. `visitor_bytes` (a phone's, a day) and
    `budget_bytes` (everybody's) are None without a limit. `resolvers` are none where this machine's
    own do. `legal_path` is the certificate that the legal log is sealed for, None where there is
    no such log. `garden` are the names of partners' sites, which content brings.
    """

    interface: str
    ssid: str | None
    channel: int
    country: str
    most_stations: int
    network: GateNetwork
    access: Access
    session_s: int
    visitor_bytes: int | None
    budget_bytes: int | None
    uplink: str | None
    resolvers: tuple[str, ...]
    doors: Doors
    directory: Path
    spent_path: Path
    legal_path: Path | None
    garden: tuple[str, ...] = ()

    @property
    def leases_path(self) -> Path:
        return self.directory / "leases"

    @property
    def hostapd_folder(self) -> Path | None:
        """Where hostapd can be asked, None where none runs."""
        return self.directory / "hostapd" if self.ssid is not None else None


def plan(table: GateTable, unit: str, doors: Doors) -> GatePlan:
    """Of a table with an interface, in which `check` found nothing wrong."""
    assert table.interface
    own = table.radio == "own"
    return GatePlan(
        interface=table.interface,
        ssid=table.ssid if own else None,
        channel=table.channel,
        country=table.country,
        most_stations=table.most_stations or (OWN_RADIO_STATIONS if own else OUTDOOR_STATIONS),
        network=network(table.network, unit),
        access=table.access,
        session_s=round(table.session_min * 60),
        visitor_bytes=table.visitor_mb * _MB or None,
        budget_bytes=table.budget_mb * _MB or None,
        uplink=table.uplink,
        resolvers=table.resolvers,
        doors=doors,
        directory=Path(table.ram),
        spent_path=Path(table.spent),
        legal_path=Path(table.legal_log) if table.legal_log else None,
    )


def check(reader: Reader, table: GateTable) -> None:
    """Tells the reader what no single key shows."""
    if len(table.ssid.encode()) > _SSID_BYTES:
        reader.fault(
            f"[gate] ssid found {table.ssid!r}; expected at most {_SSID_BYTES} bytes in UTF-8"
        )
    if table.uplink is not None and table.uplink == table.interface:
        reader.fault(
            f"[gate] uplink found {table.uplink!r}; expected another interface than the phones'"
        )
    if not all(map(_is_address, table.resolvers)):
        reader.fault(f"[gate] resolvers found {list(table.resolvers)}; expected IP addresses")
    try:
        network(table.network, "")
    except ValueError as error:
        reader.fault(f"[gate] network found {table.network!r}; expected {error}")


def _is_address(text: str) -> bool:
    try:
        return str(ip_address(text)) == text.lower() and "%" not in text
    except ValueError:
        return False
