"""`triporteur-kiosk pair`, `paired`, `unpair`: which phones may see the console."""

import argparse
import hashlib
import os
import ssl
import sys
from datetime import date
from pathlib import Path

import segno

from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.config import KioskConfig
from triporteur_kiosk.console.access.door import PATH
from triporteur_kiosk.console.access.entrance import today
from triporteur_kiosk.console.access.pairing import VALID_MINUTES, invite
from triporteur_kiosk.console.access.phones import Phones


def pair(config: KioskConfig, _asked: argparse.Namespace) -> int:
    """Makes a code and shows it, here and nowhere else. Raises OSError."""
    if not config.console_tls:
        print("[console] tls is false: no phone is paired, the console is open", file=sys.stderr)
        return 2
    places = config.console_places
    if not places.invitation.parent.is_dir():
        print(f"{places.invitation.parent} is not there: start the console first", file=sys.stderr)
        return 1
    _become_owner(places.invitation.parent)
    secret = invite(places.invitation, boottime_ms())
    url = config.console_url.rstrip("/") + PATH
    print("On the phone that is to be paired, in the unit's Wi-Fi, scan this:\n")
    segno.make(f"{url}#{secret.link}", error="l", micro=False).terminal(border=2, compact=True)
    print(f"\nor open {url} and type {secret.code[:4]} {secret.code[4:]}")
    print(f"Good for {VALID_MINUTES} minutes, once. Whoever sees it may use it.")
    for line in _fingerprints(places.directory):
        print(line)
    return 0


def paired(config: KioskConfig, _asked: argparse.Namespace) -> int:
    """Raises OSError."""
    if not _has_begun(config):
        return 1
    for phone in _phones(config).all():
        print(f"{phone.number}: paired {_day(phone.paired)}, last seen {_day(phone.seen)}")
    return 0


def unpair(config: KioskConfig, asked: argparse.Namespace) -> int:
    """Raises OSError."""
    if (asked.number is None) is not asked.all:
        print("name one by its number, or say --all", file=sys.stderr)
        return 2
    if not _has_begun(config):
        return 1
    ended = _phones(config).unpair(asked.number)
    if not ended and not asked.all:
        print(f"no phone {asked.number} is paired; see: triporteur-kiosk paired", file=sys.stderr)
        return 2
    print(f"{ended} unpaired")
    return 0


def _has_begun(config: KioskConfig) -> bool:
    """Whether there was ever a phone to pair with; says so where there was not."""
    directory = config.console_places.directory
    if directory.is_dir():
        return True
    print(f"no phone is paired: no console with TLS has run here ({directory})", file=sys.stderr)
    return False


def _phones(config: KioskConfig) -> Phones:
    directory = config.console_places.directory
    _become_owner(directory)
    return Phones(directory, today(config.snapshot_path))


def _become_owner(directory: Path) -> None:
    """As root, goes on as the folder's owner: what is left there must be the console's."""
    owner = directory.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)


def _fingerprints(directory: Path) -> list[str]:
    """So that who is warned by his browser can tell our certificate from another."""
    try:
        pem = (directory / "depot.pem").read_text(encoding="ascii")
        der = ssl.PEM_cert_to_DER_cert(pem[: pem.index(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)])
    except (OSError, ValueError):
        return []
    return [f"Where the browser warns, its certificate must have this SHA-256: {_hex(der)}"]


def _hex(der: bytes) -> str:
    return hashlib.sha256(der).digest().hex(":").upper()


def _day(day: date | None) -> str:
    return "on a day that was not known" if day is None else day.isoformat()
