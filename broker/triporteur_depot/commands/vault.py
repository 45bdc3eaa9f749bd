"""`triporteur-depot backup-authority` and `restore-authority`: the authority, sealed in one file.

Apart from the database's copies: who has this file and its passphrase is the authority.
"""

import argparse
import getpass
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority.copied import note_copied
from triporteur_depot.authority.files import (
    acting_for,
    acting_for_oneself,
    locked,
    make_folder,
    write_new,
)
from triporteur_depot.authority.office import founded
from triporteur_depot.authority.sealing import SHORTEST, opened, sealed, unpack
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.clock import utc_ms
from triporteur_depot.config import DepotConfig


def backup_authority(config: DepotConfig, asked: argparse.Namespace) -> int:
    """Raises AskedWrongly, Damaged or OSError."""
    if asked.file.exists():
        raise AskedWrongly(f"{asked.file} is there already; name another file, or delete it")
    passphrase = _passphrase(asked.passphrase_file, again=True)
    directory = Path(config.authority.directory)
    with acting_for(directory):
        founded(config)
        with locked(directory):
            text = sealed(directory, passphrase)
            with acting_for_oneself():
                write_new(asked.file, text)
            note_copied(directory, utc_ms())
    print(
        f"{asked.file} is the authority, sealed. Keep it on a stick in a drawer, and its "
        "passphrase elsewhere: who has both can make units; without them, all units must be "
        "visited when this machine is lost. Make it anew after rollover --authority."
    )
    return 0


def restore_authority(config: DepotConfig, asked: argparse.Namespace) -> int:
    """Raises AskedWrongly, Sealed or OSError."""
    directory = Path(config.authority.directory)
    text = asked.file.read_bytes()
    with acting_for(directory):
        if trusted(directory):
            raise AskedWrongly(
                f"there is an authority in {directory}; if it is to go, rename that folder first"
            )
        with acting_for_oneself():
            archive = opened(text, _passphrase(asked.passphrase_file, again=False))
        make_folder(directory)
        with locked(directory):
            unpack(archive, directory)
            note_copied(directory, utc_ms())
    print(f"the authority is back in {directory}; now run: triporteur-depot broker")
    return 0


def _passphrase(path: Path | None, *, again: bool) -> str:
    """Of the file's first line, or of who types it, twice when it is a new one."""
    if path:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = lines[0] if lines else ""
    else:
        found = getpass.getpass("Passphrase: ")
        if again and getpass.getpass("The same again: ") != found:
            raise AskedWrongly("these were two passphrases; nothing was written")
    if again and len(found) < SHORTEST:
        raise AskedWrongly(f"a passphrase of {SHORTEST} characters or more: four words will do")
    return found
