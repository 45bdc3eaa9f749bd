"""What `depot.toml` says, checked whole before anything opens."""

from pathlib import Path
from typing import Annotated

import msgspec

from triporteur_wire.configuration import DEPOT_TABLES, Reader

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class DepotTable(msgspec.Struct, frozen=True):
    """`name` stands in the title of every page."""

    name: str = "Triporteur"


class DatabaseTable(msgspec.Struct, frozen=True):
    path: str = "/var/lib/triporteur-depot/depot.db"


class MqttTable(msgspec.Struct, frozen=True):
    host: str = "127.0.0.1"
    port: Port = 1883
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 20


class PagesTable(msgspec.Struct, frozen=True):
    """The pages have no accounts yet: they listen on loopback only."""

    port: Port = 8000


class DepotConfig(msgspec.Struct, frozen=True):
    depot: DepotTable
    database: DatabaseTable
    mqtt: MqttTable
    pages: PagesTable

    @property
    def database_path(self) -> Path:
        return Path(self.database.path)


def load(path: Path) -> DepotConfig:
    """Reads and checks the file. Raises BadConfiguration with every fault at once."""
    reader = Reader(path, DEPOT_TABLES)
    depot = reader.table("depot", DepotTable)
    database = reader.table("database", DatabaseTable)
    mqtt = reader.table("mqtt", MqttTable)
    pages = reader.table("pages", PagesTable)
    reader.finish()
    assert depot
    assert database
    assert mqtt
    assert pages
    return DepotConfig(depot, database, mqtt, pages)
