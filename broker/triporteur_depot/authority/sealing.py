"""The authority's folder in one sealed file, which a passphrase opens.

A first line says what it is and how it was sealed: it is a part of what the seal is over. scrypt
(RFC 7914) makes the key of the passphrase, AES-256-GCM (NIST SP 800-38D) seals a tar archive.
"""

import io
import secrets
import tarfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from triporteur_depot.authority.files import write_new

_WHAT = b"triporteur authority, sealed, 1\n"
_SALT_BYTES, _NONCE_BYTES = 16, 12
#: 128 MB and half a second for each guess.
_COST, _BLOCK, _PARALLEL = 2**17, 8, 1
SHORTEST = 12


class Sealed(RuntimeError):
    """The file does not open; the sentence says why."""


def sealed(folder: Path, passphrase: str) -> bytes:
    """Everything in the folder. Raises OSError."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    cipher = AESGCM(_key(passphrase, salt))
    return _WHAT + salt + nonce + cipher.encrypt(nonce, _packed(folder), _WHAT)


def opened(text: bytes, passphrase: str) -> bytes:
    """The archive in it. Raises Sealed."""
    if not text.startswith(_WHAT):
        raise Sealed("this is no sealed authority: take what backup-authority made")
    salt, rest = _cut(text[len(_WHAT) :], _SALT_BYTES)
    nonce, cipher_text = _cut(rest, _NONCE_BYTES)
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, cipher_text, _WHAT)
    except (InvalidTag, ValueError) as error:
        raise Sealed("the passphrase is another one, or the file is damaged") from error


def unpack(archive: bytes, folder: Path) -> None:
    """Makes in the folder what the archive holds. Raises OSError, rather than replace a file."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        for member in packed:
            path, content = folder / member.name, packed.extractfile(member)
            if content is None:
                path.mkdir()
            else:
                write_new(path, content.read())
            path.chmod(member.mode)


def _packed(folder: Path) -> bytes:
    """Folders before what is in them."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_dir() or path.is_file():
                packed.add(path, str(path.relative_to(folder)), recursive=False)
    return made.getvalue()


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_PARALLEL).derive(passphrase.encode())


def _cut(text: bytes, at: int) -> tuple[bytes, bytes]:
    return text[:at], text[at:]
