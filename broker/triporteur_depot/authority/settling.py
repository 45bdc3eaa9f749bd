"""The broker's folder, made from authority, database and configuration: all of it, any time."""

import pwd
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.authority import broker, bundles, issued
from triporteur_depot.authority.files import PUBLIC, SECRET, make_folder, write
from triporteur_depot.authority.passwords import hashed, kept_secret
from triporteur_depot.authority.trusted import AUTHORITIES, trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.config import DepotConfig

#: Not every mosquitto reads these anew while it runs.
AT_START = frozenset({broker.CONFIGURATION, broker.OPENSSL, AUTHORITIES})


def settle(
    config: DepotConfig, vault: Vault, connection: sqlite3.Connection, now_ms: int
) -> list[str]:
    """Writes what is not so yet, and names it. Raises OSError, sqlite3.Error or Damaged."""
    folder = Path(config.authority.broker_directory)
    make_folder(folder)
    files = {
        broker.CONFIGURATION: (_configuration(config, folder), PUBLIC),
        broker.OPENSSL: (broker.NO_TICKETS.encode(), PUBLIC),
        "acl": (_access(connection, now_ms), SECRET),
        "passwd": (_logins(config, vault, connection, now_ms), SECRET),
        AUTHORITIES: (trusted(vault.directory).encode(), PUBLIC),
        "crl.pem": (_revoked(vault, connection), PUBLIC),
        "broker.pem": (vault.broker_pem(config.authority.names, _utc(now_ms)), SECRET),
    }
    return [name for name, (content, mode) in files.items() if write(folder / name, content, mode)]


def registrar_password(vault: Vault) -> str:
    """Raises OSError."""
    return kept_secret(vault.private / "registrar.password")


def _utc(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms // 1000, UTC)


def _configuration(config: DepotConfig, folder: Path) -> bytes:
    runs_as = pwd.getpwuid(folder.stat().st_uid).pw_name
    authority = config.authority
    ports = (config.mqtt.port, authority.units_port, authority.door_port)
    return broker.configuration(folder, runs_as, *ports).encode()


def _access(connection: sqlite3.Connection, now_ms: int) -> bytes:
    newcomers = (made.login for made in bundles.that_log_in(connection, now_ms))
    return broker.access(newcomers, issued.barred(connection, now_ms)).encode()


def _logins(
    config: DepotConfig, vault: Vault, connection: sqlite3.Connection, now_ms: int
) -> bytes:
    depot = kept_secret(Path(config.mqtt.password_file))
    ours = [(broker.DEPOT, hashed(depot)), (broker.REGISTRAR, hashed(registrar_password(vault)))]
    theirs = [(made.login, made.secret_hash) for made in bundles.that_log_in(connection, now_ms)]
    return broker.logins([*ours, *theirs]).encode()


def _revoked(vault: Vault, connection: sqlite3.Connection) -> bytes:
    return b"".join(
        vault.revoke(authority, issued.revoked_serials(connection, authority.id))
        for authority in vault.authorities()
    )
