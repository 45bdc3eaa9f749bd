"""What `unit.toml` says to the kiosk: its own tables, checked whole before anything listens."""

from pathlib import Path

import msgspec

from triporteur_kiosk.gate.plan import Doors, GatePlan, check, plan
from triporteur_kiosk.gate.table import GateTable
from triporteur_kiosk.listening import (
    API_PATH,
    ConsoleDoor,
    PortalDoor,
    SecuredPortal,
    console_door,
    portal_door,
)
from triporteur_kiosk.tables import ConsoleTable, PortalTable, SnapshotTable, UnitTable
from triporteur_kiosk.values import Listen
from triporteur_wire.configuration import UNIT_TABLES, Reader
from triporteur_wire.consoles import is_name
from triporteur_wire.desk import SOCKET_NAME

__all__ = [
    "API_PATH",
    "ConsolePlaces",
    "ConsoleTable",
    "GatePlan",
    "GateTable",
    "KioskConfig",
    "Listen",
    "PortalTable",
    "SecuredPortal",
    "SnapshotTable",
    "UnitTable",
    "load",
]


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


class KioskConfig(msgspec.Struct, frozen=True, kw_only=True):
    """`console_names` are never none, unless `console_tls` is False.

    `gate` is None where phones come by another road. `gate_folder` is where a gate would be met.
    """

    unit: UnitTable
    snapshot_path: Path
    portal: Listen
    portal_address: str
    portal_secured: SecuredPortal | None
    content_path: Path
    pushed_path: Path
    journal_path: Path
    verdict_path: Path
    console: Listen
    console_tls: bool
    console_names: tuple[str, ...]
    console_places: ConsolePlaces
    gate: GatePlan | None
    gate_folder: Path

    @property
    def console_url(self) -> str:
        """Where phones find the console."""
        if not self.console_tls:
            return f"http://{self.console}/"
        port = "" if self.console.port == 443 else f":{self.console.port}"
        return f"https://{self.console_names[0]}{port}/"

    @property
    def legal_log(self) -> bool:
        """Whether who goes on to the Internet is noted, sealed, for a year: docs/legal-log.md."""
        gate = self.gate
        return gate is not None and gate.legal_path is not None and gate.access == "open"

    @property
    def kept_path(self) -> Path:
        """The last good content that the depot sent: beside the journal."""
        return self.journal_path.with_name("content.json")

    @property
    def desk_path(self) -> Path:
        """Where the agent hears what the team taps: beside the snapshot."""
        return self.snapshot_path.parent / SOCKET_NAME

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
    gate = reader.table("gate", GateTable)
    gated = gate is not None and gate.interface is not None
    for_public = portal_door(reader, portal, gated=gated) if portal else None
    for_team = console_door(reader, console, unit, gated=gated) if console else None
    if gate:
        check(reader, gate)
    reader.finish()
    assert unit
    assert snapshot
    assert portal
    assert console
    assert gate
    assert for_public
    assert for_team
    return KioskConfig(
        unit=unit,
        snapshot_path=Path(snapshot.path),
        portal=for_public.at,
        portal_address=for_public.address,
        portal_secured=for_public.secured,
        content_path=Path(portal.content),
        pushed_path=Path(portal.pushed),
        journal_path=Path(portal.journal),
        verdict_path=Path(snapshot.content),
        console=for_team.at,
        console_tls=console.tls,
        console_names=for_team.names,
        console_places=_places(snapshot, console),
        gate=plan(gate, unit.name, _doors(for_public, for_team, tls=console.tls))
        if gated
        else None,
        gate_folder=Path(gate.ram),
    )


def _doors(public: PortalDoor, team: ConsoleDoor, *, tls: bool) -> Doors:
    name = public.address.partition(":")[0]
    return Doors(
        names=tuple(filter(is_name, (name, *team.names))),
        portal_port=public.at.port,
        secured_port=public.secured.listen.port if public.secured else None,
        console_port=team.at.port if tls else None,
        api=f"https://{name}{API_PATH}" if public.secured else None,
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
