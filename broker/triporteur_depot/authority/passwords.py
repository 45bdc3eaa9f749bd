"""Secrets, and mosquitto's hashes of them: `$7$iterations$salt$hash`, PBKDF2 with SHA-512."""

import base64
import hashlib
import secrets
from pathlib import Path

from triporteur_depot.authority.files import make_folder, write

_ITERATIONS = 101
_SALT_BYTES = 12
_SHORTEST = 32


class TooShort(RuntimeError):
    """A password file holds next to nothing; the sentence says which."""


def new_secret() -> str:
    """256 random bits, in hex."""
    return secrets.token_hex(32)


def kept_secret(path: Path) -> str:
    """What the file holds; made, for its owner's eyes, when there is none.

    Raises OSError or TooShort.
    """
    if not path.is_file():
        make_folder(path.parent)
        write(path, f"{new_secret()}\n".encode())
    kept = path.read_text(encoding="utf-8").strip()
    if len(kept) < _SHORTEST:
        raise TooShort(
            f"the password in {path} is shorter than {_SHORTEST} characters; remove the file and "
            "run triporteur-depot broker, which makes another"
        )
    return kept


def hashed(secret: str) -> str:
    """The same for the same secret. Nobody guesses 256 bits: salt and rounds are but the form."""
    salt = hashlib.sha256(b"salt of " + secret.encode()).digest()[:_SALT_BYTES]
    made = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, _ITERATIONS)
    salt_text, text = (base64.b64encode(each).decode() for each in (salt, made))
    return f"$7${_ITERATIONS}${salt_text}${text}"
