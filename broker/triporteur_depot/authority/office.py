"""Authority, database and broker's folder together, for one command at a time."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import settling
from triporteur_depot.authority.broker import command
from triporteur_depot.authority.files import belong, locked, make_folder
from triporteur_depot.authority.running import end_session, gives_tickets, reload, running
from triporteur_depot.authority.vault import Vault
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import open_writer

#: Where the broker that is set up here listens to the depot.
_LOCAL = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Office:
    """What a command works with, and when."""

    config: DepotConfig
    vault: Vault
    connection: sqlite3.Connection
    now_ms: int

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms // 1000, UTC)

    @property
    def broker_folder(self) -> Path:
        return Path(self.config.authority.broker_directory)

    def settle(self) -> list[str]:
        """The broker's folder as it should be; what was changed for it."""
        return settling.settle(self.config, self.vault, self.connection, self.now_ms)

    def tell_broker(self, changed: list[str]) -> str:
        """Has a running broker read what changed. What comes of it, in a sentence.

        Raises Unheard.
        """
        if running(self.broker_folder) is None:
            return "The broker is not running: it will know when it starts."
        if changed:
            reload(self.broker_folder)
        late = sorted(settling.AT_START.intersection(changed))
        if late:
            return f"Restart the broker: while it runs, it may not read {' and '.join(late)} again."
        return "The broker knows."

    def shut_out(self, unit: str) -> str:
        """The broker refuses what was revoked, and ends the unit's connection. A sentence.

        Raises Unheard.
        """
        changed = self.settle()
        if running(self.broker_folder) is None:
            return "The broker is not running: it will refuse it when it starts."
        if changed:
            reload(self.broker_folder)
        end_session(self.config.mqtt, unit)
        if gives_tickets(self.broker_folder):
            how = " ".join(command(self.broker_folder))
            return f"Now restart the broker, or it may take up a TLS session again; so: {how}"
        return f"The broker refuses it from now on; {unit} is no longer connected."


@contextmanager
def office(config: DepotConfig, *, founding: bool = False) -> Iterator[Office]:
    """Opens it; a second command waits until the first one is done.

    Raises AskedWrongly when it is not set up, unless that is what the command is for.
    """
    if founding:
        _check(config)
        make_folder(Path(config.authority.directory))
        vault = Vault(Path(config.authority.directory))
    else:
        vault = founded(config)
    with locked(vault.directory), closing(open_writer(config.database_path)) as connection:
        belong(config.database_path)
        yield Office(config, vault, connection, time.time_ns() // 1_000_000)


def founded(config: DepotConfig) -> Vault:
    """The authority's folder. Raises AskedWrongly when it is not set up."""
    _check(config)
    vault = Vault(Path(config.authority.directory))
    if not vault.authorities():
        raise AskedWrongly("there is no authority yet; run first: triporteur-depot broker")
    return vault


def _check(config: DepotConfig) -> None:
    if not config.authority.names:
        raise AskedWrongly(
            "[authority] names is empty; write there by which host names or addresses units reach "
            'the broker, such as names = ["depot.example"]'
        )
    if config.mqtt.host not in _LOCAL:
        raise AskedWrongly(
            f"[mqtt] host is {config.mqtt.host}; this broker listens to the depot on 127.0.0.1 "
            'only: write host = "127.0.0.1"'
        )
    if not config.mqtt.password_file:
        raise AskedWrongly(
            "[mqtt] password_file is empty; name the file that is to hold the depot's password, "
            'such as password_file = "/var/lib/triporteur-depot/depot.password"'
        )
