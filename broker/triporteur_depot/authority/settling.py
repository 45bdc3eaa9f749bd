"""The broker's folder, made from authority, database and configuration: all of it, any time.

Who starts the broker reads configuration there as root: the folder and what is public in it are
the starter's own. The broker owns its secrets, and the folder that it writes in.
"""

import os
import pwd
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import broker, bundles, issued
from triporteur_depot.authority.barred import barred
from triporteur_depot.authority.files import PUBLIC, SECRET, acting_for_oneself, make_folder, write
from triporteur_depot.authority.passwords import hashed, kept_secret
from triporteur_depot.authority.trusted import AUTHORITIES, trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.config import DepotConfig

#: Not every mosquitto reads these anew while it runs.
AT_START = (broker.CONFIGURATION, broker.OPENSSL, AUTHORITIES)

Files = dict[str, tuple[bytes, int]]


def settle(
    config: DepotConfig, vault: Vault, connection: sqlite3.Connection, now_ms: int
) -> list[str]:
    """Writes what is not so yet, and names it.

    Raises OSError, sqlite3.Error, Damaged, or AskedWrongly when the folder will not do.
    """
    folder, runs_as = Path(config.authority.broker_directory), _runs_as()
    files: Files = {
        broker.CONFIGURATION: (_configuration(config, folder, runs_as.pw_name), PUBLIC),
        broker.OPENSSL: (broker.NO_TICKETS.encode(), PUBLIC),
        "acl": (broker.access(sorted(barred(vault.directory))).encode(), SECRET),
        "passwd": (_logins(config, vault, connection, now_ms), SECRET),
        AUTHORITIES: (trusted(vault.directory).encode(), PUBLIC),
        "crl.pem": (_revoked(vault, connection), PUBLIC),
        "broker.pem": (vault.broker_pem(config.authority.names, _utc(now_ms)), SECRET),
    }
    with acting_for_oneself():
        _make(folder, runs_as)
        return _write(folder, files, runs_as)


def registrar_password(vault: Vault) -> str:
    """Raises OSError."""
    return kept_secret(vault.private / "registrar.password")


def _runs_as() -> pwd.struct_passwd:
    """Whom the broker runs as: who sets it up, or when that is root, a user of its own."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam("mosquitto")
    except KeyError:
        return pwd.getpwnam("nobody")  # as mosquitto itself does then


def _make(folder: Path, runs_as: pwd.struct_passwd) -> None:
    make_folder(folder)
    there = folder.lstat()
    if there.st_uid != os.geteuid() or there.st_mode & 0o022:
        me = pwd.getpwuid(os.geteuid()).pw_name
        raise AskedWrongly(
            f"others than {me} can change {folder}, and so what starts the broker; do: "
            f"chown {me} {folder} && chmod 755 {folder}"
        )
    state = folder / broker.STATE
    make_folder(state)
    if state.stat().st_uid != runs_as.pw_uid:
        os.chown(state, runs_as.pw_uid, runs_as.pw_gid)


def _write(folder: Path, files: Files, runs_as: pwd.struct_passwd) -> list[str]:
    owners = {PUBLIC: os.geteuid(), SECRET: runs_as.pw_uid}
    return [
        name
        for name, (content, mode) in files.items()
        if write(folder / name, content, mode, owners[mode])
    ]


def _utc(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms // 1000, UTC)


def _configuration(config: DepotConfig, folder: Path, runs_as: str) -> bytes:
    authority = config.authority
    ports = (config.mqtt.port, authority.units_port, authority.door_port)
    return broker.configuration(folder, runs_as, *ports).encode()


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
