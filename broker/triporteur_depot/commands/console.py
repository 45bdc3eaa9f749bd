"""`triporteur-depot console`: what phones must know to trust a unit's console, or need not."""

import argparse
import plistlib
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO
from uuid import NAMESPACE_DNS, uuid5

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import consoles
from triporteur_depot.authority.consoles import Console
from triporteur_depot.authority.public_chains import check
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.commands.choosing import chosen
from triporteur_depot.commands.handing import hand_over, manner
from triporteur_depot.config import DepotConfig
from triporteur_depot.downlink.ledger import Given, give

_CHANNEL = "content/console"
_MOST_BYTES = 64_000


def console(config: DepotConfig, asked: argparse.Namespace, out: TextIO | None = None) -> int:
    """Raises AskedWrongly, NoDatabase or Damaged."""
    actions: dict[str, Callable[[DepotConfig, argparse.Namespace, TextIO], int]] = {
        "csr": _csr,
        "install": _install,
        "authority": _authority,
    }
    return actions[asked.action](config, asked, out or sys.stdout)


def _csr(config: DepotConfig, asked: argparse.Namespace, out: TextIO) -> int:
    out.write(_found(config, asked.unit).csr)
    return 0


def _install(config: DepotConfig, asked: argparse.Namespace, out: TextIO) -> int:
    chain = check(_read(asked.file), _found(config, asked.unit), datetime.now(UTC))
    return hand_over(config, partial(_prepare, asked.unit, chain), manner(asked), out)


def _prepare(unit: str, chain: str, connection: sqlite3.Connection) -> list[Given]:
    return [
        give(connection, one, _CHANNEL, chain) for one in chosen(connection, [unit], everyone=False)
    ]


def _authority(config: DepotConfig, asked: argparse.Namespace, out: TextIO) -> int:
    """The authority's certificate, as phones take it."""
    pem = trusted(Path(config.authority.directory))
    if not pem:
        raise AskedWrongly("there is no authority yet; run first: triporteur-depot broker")
    roots = x509.load_pem_x509_certificates(pem.encode())
    for number, root in enumerate(roots, start=1):
        name = "triporteur" if len(roots) == 1 else f"triporteur-{number}"
        der = root.public_bytes(Encoding.DER)
        for ending, content in ((".crt", der), (".mobileconfig", _profile(config, root, der))):
            path = asked.directory / f"{name}{ending}"
            path.write_bytes(content)
            out.write(f"{path}\n")
    return 0


def _profile(config: DepotConfig, root: x509.Certificate, der: bytes) -> bytes:
    """A configuration profile, as iPhones and iPads take it (Apple's certificate payload)."""
    name = root.subject.rfc4514_string()
    inner = {
        "PayloadType": "com.apple.security.root",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"internal.triporteur.authority.{root.serial_number:x}",
        "PayloadUUID": str(uuid5(NAMESPACE_DNS, f"{name}/certificate")).upper(),
        "PayloadDisplayName": config.depot.name,
        "PayloadContent": der,
    }
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": "internal.triporteur.authority",
            "PayloadUUID": str(uuid5(NAMESPACE_DNS, name)).upper(),
            "PayloadDisplayName": f"{config.depot.name}\u202f: consoles des triporteurs",
            "PayloadContent": [inner],
        }
    )


def _found(config: DepotConfig, unit: str) -> Console:
    found = consoles.find(Path(config.authority.directory), unit)
    if found is None:
        raise AskedWrongly(
            f"the console of {unit} has not asked yet; see that triporteur-kiosk console runs "
            f"aboard, and that {unit} is connected"
        )
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise AskedWrongly(f"{path} cannot be read: {error.strerror}") from error
