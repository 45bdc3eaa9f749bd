"""`triporteur-depot legal`: opens the sealed log of who passed a unit's Wi-Fi, and says who did so.

Whoever holds the key may be asked by a judge or by the police for what the law has kept; nobody
else can read it. Each opening leaves a line in `legal-access.log` beside the key.
"""

import base64
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der
from cryptography.x509 import Certificate, load_pem_x509_certificate


def run(files: list[Path], key: Path, certificate: Path, why: str) -> int:
    """Prints one entry a line; 1 if a line cannot be opened. Raises OSError or ValueError."""
    opened_with, held = _key(key), load_pem_x509_certificate(certificate.read_bytes())
    _note_access(key.with_name("legal-access.log"), files, why)
    whole = True
    for path in files:
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            entry = _opened(line, held, opened_with)
            if entry is None:
                print(f"{path}:{number}: cannot be opened with this key", file=sys.stderr)
                whole = False
            else:
                print(entry)
    return 0 if whole else 1


def _key(path: Path) -> RSAPrivateKey:
    pem = path.read_bytes()
    password = None
    if b"ENCRYPTED" in pem:
        password = getpass.getpass(f"Password of {path}: ").encode()
    found = load_pem_private_key(pem, password)
    if not isinstance(found, RSAPrivateKey):
        raise ValueError(f"{path}: expected an RSA key")  # noqa: TRY004 (the file is wrong)
    return found


def _opened(line: bytes, certificate: Certificate, key: RSAPrivateKey) -> str | None:
    """A line that a power cut left unfinished cannot be opened either."""
    try:
        sealed = base64.b64decode(line, validate=True)
        return pkcs7_decrypt_der(sealed, certificate, key, []).decode()
    except ValueError:
        return None


def _note_access(register: Path, files: list[Path], why: str) -> None:
    names = " ".join(path.name for path in files)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with register.open("a", encoding="utf-8") as lines:
        lines.write(f"{now} {getpass.getuser()} {names}: {' '.join(why.split())}\n")
