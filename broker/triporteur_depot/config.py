"""What `depot.toml` says, checked whole before anything opens."""

from pathlib import Path
from typing import Annotated

import msgspec

from triporteur_depot.clock import Trust
from triporteur_wire.configuration import DEPOT_TABLES, Reader
from triporteur_wire.consoles import DOMAIN, DomainName

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
HostName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}\Z", description="a host name or an IP address"
    ),
]
Folder = Annotated[str, msgspec.Meta(pattern=r"^/", description="a path that begins with /")]


class UnreadablePassword(RuntimeError):
    """The file with the depot's password cannot be read; the sentence says why."""


class DepotTable(msgspec.Struct, frozen=True):
    """`name` stands in the title of every page."""

    name: str = "Triporteur"
    clock: Trust = "auto"


class DatabaseTable(msgspec.Struct, frozen=True):
    path: str = "/var/lib/triporteur-depot/depot.db"


class BackupTable(msgspec.Struct, frozen=True):
    """Where copies of the database lie, and which are kept: the newest of a day, and of a week."""

    directory: Folder = "/var/lib/triporteur-depot/backups"
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7
    keep_weeks: Annotated[int, msgspec.Meta(ge=0, le=520)] = 5


class MqttTable(msgspec.Struct, frozen=True):
    """`password_file` is empty for a broker that lets everyone in."""

    host: str = "127.0.0.1"
    port: Port = 1883
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 20
    password_file: str = ""

    def password(self) -> str | None:
        """What user `depot` logs in with; None without a file. Raises UnreadablePassword."""
        if not self.password_file:
            return None
        try:
            return Path(self.password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadablePassword(
                f"[mqtt] password_file {self.password_file} cannot be read ({error}); "
                "run this as the depot's user, or mend the file"
            ) from error


class AuthorityTable(msgspec.Struct, frozen=True):
    """Who certifies the units, and the broker that it is set up for.

    `names` are those that units reach the broker by; while there is none, nobody is certified. A
    unit's console may have the unit's name in each of `console_domains`.
    """

    directory: Folder = "/var/lib/triporteur-depot/authority"
    broker_directory: Folder = "/var/lib/triporteur-broker"
    names: Annotated[
        tuple[HostName, ...], msgspec.Meta(description="a list of host names or IP addresses")
    ] = ()
    units_port: Port = 8883
    door_port: Port = 8884
    console_domains: Annotated[
        tuple[DomainName, ...], msgspec.Meta(description="a list of domains, in lower case")
    ] = (DOMAIN,)


class PagesTable(msgspec.Struct, frozen=True):
    """The pages have no accounts yet: they listen on loopback only."""

    port: Port = 8000


class DepotConfig(msgspec.Struct, frozen=True):
    depot: DepotTable
    database: DatabaseTable
    backup: BackupTable
    mqtt: MqttTable
    authority: AuthorityTable
    pages: PagesTable

    @property
    def database_path(self) -> Path:
        return Path(self.database.path)


def load(path: Path) -> DepotConfig:
    """Reads and checks the file. Raises BadConfiguration with every fault at once."""
    reader = Reader(path, DEPOT_TABLES)
    depot = reader.table("depot", DepotTable)
    database = reader.table("database", DatabaseTable)
    backup = reader.table("backup", BackupTable)
    mqtt = reader.table("mqtt", MqttTable)
    authority = reader.table("authority", AuthorityTable)
    pages = reader.table("pages", PagesTable)
    reader.finish()
    assert depot
    assert database
    assert backup
    assert mqtt
    assert authority
    assert pages
    return DepotConfig(depot, database, backup, mqtt, authority, pages)
