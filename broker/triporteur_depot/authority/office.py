"""Authority, database and broker's folder together, for one command at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import membership, settling
from triporteur_depot.authority.barred import bar
from triporteur_depot.authority.files import acting_for, acting_for_oneself, locked, make_folder
from triporteur_depot.authority.known import recall
from triporteur_depot.authority.running import end_session, gives_tickets, newer, reload, running
from triporteur_depot.authority.starting import how_to_start
from triporteur_depot.authority.vault import Vault
from triporteur_depot.clock import utc_ms
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import open_writer, transaction

#: Where the broker that is set up here listens to the depot.
_LOCAL = ("127.0.0.1", "localhost")


class Busy(RuntimeError):
    """Somebody else writes to the database, and for long."""


@dataclass(frozen=True, slots=True)
class Office:
    """What a command works with, and when. `changed` names what was settled as it was opened."""

    config: DepotConfig
    vault: Vault
    connection: sqlite3.Connection
    now_ms: int
    changed: list[str]

    @property
    def broker_folder(self) -> Path:
        return Path(self.config.authority.broker_directory)

    @property
    def now(self) -> datetime:
        return _utc(self.now_ms)

    def expel(self, unit: str) -> int:
        """Shuts the unit out; how many certificates it held. The broker does not know it yet."""
        bar(self.vault.directory, unit)
        with transaction(self.connection):
            return membership.expel(self.connection, unit, self.now_ms)

    def tell_broker(self, *, without: str = "") -> str:
        """Has a running broker do as is settled now, and end the connection of one unit.

        Told in any case: an earlier command may have been cut short before it did. What comes of
        it, in a sentence. Raises Unheard, NotSent.
        """
        settling.settle(self.config, self.vault, self.connection, self.now_ms)
        with acting_for_oneself():
            if running(self.broker_folder) is None:
                return "The broker is not running: it will know when it starts."
            reload(self.broker_folder)
            if without:
                end_session(self.config.mqtt, without)
            return self._what_remains(without)

    def _what_remains(self, without: str) -> str:
        if without and gives_tickets(self.broker_folder):
            how = how_to_start(self.broker_folder)
            return f"Now restart the broker, or it may take up a TLS session again; so: {how}"
        late = " and ".join(newer(self.broker_folder, settling.AT_START))
        if late:
            return f"Restart the broker: while it runs, it may not read {late} again."
        if without:
            return f"The broker refuses it from now on; {without} is no longer connected."
        return "The broker knows."


@contextmanager
def office(config: DepotConfig, *, founding: bool = False) -> Iterator[Office]:
    """Opens it, and settles what an earlier command left; a second one waits for the first.

    Raises AskedWrongly when it is not set up, unless that is what the command is for.
    """
    directory, now_ms = Path(config.authority.directory), utc_ms()
    with acting_for(directory):
        vault = _found(config, _utc(now_ms)) if founding else founded(config)
        with _not_for_ever(), locked(directory), closing(open_writer(config.database_path)) as db:
            with transaction(db):
                recall(vault, db, now_ms)
            changed = settling.settle(config, vault, db, now_ms)
            yield Office(config, vault, db, now_ms, changed)


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


def _found(config: DepotConfig, now: datetime) -> Vault:
    _check(config)
    vault = Vault(Path(config.authority.directory))
    make_folder(vault.directory)
    with locked(vault.directory):
        if not vault.authorities():
            vault.found(now)
    return vault


@contextmanager
def _not_for_ever() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise Busy(
            "the database is being written to by somebody else; nothing was done that is not "
            "finished when you run this again"
        ) from error


def _utc(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms // 1000, UTC)
