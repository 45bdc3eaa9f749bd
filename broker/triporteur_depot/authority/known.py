"""What was certified, in the authority's folder too: what the database forgets, it learns again.

One file for each certificate, `issued/<unit>.<serial>.json`. Without them a database that was lost,
or put back from a copy, could not revoke what it no longer knows.
"""

import sqlite3
from dataclasses import replace
from pathlib import Path

import msgspec

from triporteur_depot.authority import bundles, issued
from triporteur_depot.authority.files import make_folder, write
from triporteur_depot.authority.issued import Issued
from triporteur_depot.authority.vault import Damaged, Vault

_DECODER = msgspec.json.Decoder(Issued)


def note(vault: Vault, connection: sqlite3.Connection, one: Issued) -> None:
    """Here and there, before anybody has it. Raises OSError or sqlite3.Error."""
    issued.add(connection, one)
    make_folder(vault.issued, 0o700)
    write(vault.issued / f"{one.unit}.{one.serial}.json", msgspec.json.encode(one))


def recall(vault: Vault, connection: sqlite3.Connection, now_ms: int) -> None:
    """The database knows what the folder does: what was certified, and which of it was revoked.

    Raises OSError, sqlite3.Error or Damaged.
    """
    there = issued.serials(connection)
    paths = [path for path in vault.issued.glob("*.json") if path.name.split(".")[1] not in there]
    for one in sorted(map(_read, paths), key=lambda one: one.issued_utc_ms):
        issued.add(connection, _fitting(connection, one))
    issued.revoke_serials(connection, vault.revoked(), now_ms)


def _read(path: Path) -> Issued:
    try:
        return _DECODER.decode(path.read_bytes())
    except msgspec.MsgspecError as error:
        raise Damaged(f"{path} is damaged ({error}); put it back from a backup") from error


def _fitting(connection: sqlite3.Connection, one: Issued) -> Issued:
    """Its bundle may be forgotten for good."""
    if one.bundle_id and bundles.find(connection, one.bundle_id) is None:
        return replace(one, bundle_id=None)
    return one
