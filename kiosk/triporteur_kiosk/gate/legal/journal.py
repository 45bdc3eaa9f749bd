"""Sealed entries on the card: a file a day, a line an entry, each for the holder of the key alone.

    /var/lib/triporteur-gate/legal/2026-11-22.log
        base64(CMS enveloped data, RFC 5652: AES-256, key sealed for the certificate's RSA key)

An entry inside is one line of JSON. `triporteur-depot legal` opens the file; so does
`base64 -d | openssl cms -decrypt -inform DER` line by line.
"""

import base64
import logging
import os
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options
from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificate

from triporteur_device.files import sync_directory
from triporteur_kiosk.loss import Loss

_log = logging.getLogger(__name__)

#: L34-1 and R10-13 of the CPCE: what tells a terminal is kept one year from its connection.
KEPT = timedelta(days=365)
#: Entries that wait in RAM for a card that refuses.
_MOST_WAITING = 2_000
_LEAST_BITS = 2048


class BadCertificate(ValueError):
    """The operator's file cannot seal anything; the sentence says why."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A phone was let through from `begun` on; `ended` and `bytes` stand in a second entry.

    Times are local, with their offset. `bytes` is both ways together.
    """

    begun: datetime
    mac: str
    ip: str
    ended: datetime | None = None
    bytes: int | None = None


def recipient(path: Path) -> Certificate:
    """The certificate that entries are sealed for. Raises BadCertificate or OSError."""
    try:
        found = load_pem_x509_certificate(path.read_bytes())
    except (ValueError, InvalidVersion) as error:
        raise BadCertificate(f"{path} is no certificate in PEM: {error}") from error
    key = found.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
        raise BadCertificate(f"{path}: expected an RSA key of {_LEAST_BITS} bits or more")
    return found


class LegalLog:
    """Writes to `folder` for `sealed_for`; keeps nothing that could open it. Use from one thread.

    While the card refuses, entries wait in RAM, the newest of them at least.
    """

    def __init__(self, folder: Path, sealed_for: Certificate) -> None:
        self._folder = folder
        self._sealed_for = sealed_for
        self._waiting: list[tuple[date, bytes]] = []
        self._erased_on: date | None = None
        self._loss = Loss(
            _log,
            f"the legal log in {folder} cannot be written, entries wait",
            f"the legal log in {folder} is written again",
        )

    def note(self, entry: Entry) -> None:
        """Seals the entry and writes it with those that wait."""
        day = (entry.ended or entry.begun).date()
        self._waiting = [*self._waiting[1 - _MOST_WAITING :], (day, self._seal(entry))]
        try:
            self._write()
        except OSError as error:
            self._loss.note(error)
        else:
            self._loss.end()

    def erase(self, today: date) -> None:
        """Once a day: files older than a year go; the log says how many."""
        if self._erased_on == today:
            return
        self._erased_on = today
        old = [path for path in self._folder.glob("*.log") if _day_of(path) < today - KEPT]
        for path in old:
            path.unlink(missing_ok=True)
        if old:
            sync_directory(self._folder)
            _log.info("legal log: %d days older than a year are erased", len(old))

    def _seal(self, entry: Entry) -> bytes:
        sealed = (
            PKCS7EnvelopeBuilder()
            .set_data(msgspec.json.encode(entry))
            .set_content_encryption_algorithm(AES256)
            .add_recipient(self._sealed_for)
            .encrypt(Encoding.DER, [PKCS7Options.Binary])
        )
        return base64.b64encode(sealed) + b"\n"

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        while self._waiting:
            day, line = self._waiting[0]
            _append(self._folder / f"{day.isoformat()}.log", line)
            del self._waiting[0]


def _append(path: Path, line: bytes) -> None:
    """A line that a power cut left unfinished is closed first. Raises OSError."""
    with path.open("a+b", buffering=0) as file:
        path.chmod(0o600)
        if file.tell() and not _ends_whole(path):
            line = b"\n" + line
        file.write(line)
        os.fsync(file.fileno())
    sync_directory(path.parent)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"


def _day_of(path: Path) -> date:
    """A file that is not of ours is never old."""
    try:
        return date.fromisoformat(path.stem)
    except ValueError:
        return date.max
