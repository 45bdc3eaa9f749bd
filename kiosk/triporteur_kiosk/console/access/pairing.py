"""The one-time code that pairs a phone: made in one process, redeemed in another, never kept.

In RAM, and of the code only a hash. A person types eight digits, and a few wrong ones end the code;
the QR code carries a secret too long to be guessed, which goes on being good.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from hmac import compare_digest
from pathlib import Path
from threading import Lock

import msgspec

from triporteur_device.files import write_whole
from triporteur_kiosk.clock import boottime_ms

_log = logging.getLogger(__name__)

VALID_MINUTES = 10
WRONG_CODES = 5
_DIGITS = 8
_TYPED = re.compile(rf"[0-9]{{{_DIGITS}}}")


class Outcome(Enum):
    PAIRED = auto()
    WRONG = auto()
    #: the code was guessed at too often; the link is still good
    LOCKED = auto()
    #: there is no code to redeem: none was made, or it was used, or its time is over
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Secret:
    """What pairs one phone: digits to type, or a link's end to scan."""

    code: str = field(repr=False)
    link: str = field(repr=False)


class _Invitation(msgspec.Struct, frozen=True):
    """`until_ms` is of the clock that counts from boot, as the file is in RAM."""

    code_sha256: str
    link_sha256: str
    until_ms: int


_DECODER = msgspec.json.Decoder(_Invitation)


def invite(path: Path, now_ms: int) -> Secret:
    """Makes a code, in the place of an earlier one. Raises OSError."""
    secret = Secret(f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}", secrets.token_urlsafe(24))
    until_ms = now_ms + VALID_MINUTES * 60_000
    made = _Invitation(_sha256(secret.code), _sha256(secret.link), until_ms)
    write_whole(path, msgspec.json.encode(made), durable=False, mode=0o600)
    return secret


class Pairing:
    """Redeems codes. Safe to share between threads: of two with the same code one is let in."""

    def __init__(self, path: Path, now_ms: Callable[[], int] = boottime_ms) -> None:
        self._path = path
        self._now_ms = now_ms
        self._lock = Lock()
        self._guessed: tuple[str, int] = ("", 0)

    def redeem(self, said: str) -> Outcome:
        """Lets in who says the code or the link's end, once."""
        with self._lock:
            invitation = self._invitation()
            if invitation is None:
                return Outcome.NONE
            outcome = self._judge(invitation, _plain(said))
            return self._used() if outcome is Outcome.PAIRED else outcome

    def _judge(self, invitation: _Invitation, said: str) -> Outcome:
        if not _TYPED.fullmatch(said):
            return _outcome(said, invitation.link_sha256)
        name, guessed = self._guessed
        guessed = guessed if name == invitation.code_sha256 else 0
        if guessed >= WRONG_CODES:
            return Outcome.LOCKED
        outcome = _outcome(said, invitation.code_sha256)
        if outcome is Outcome.WRONG:
            self._guessed = (invitation.code_sha256, guessed + 1)
            if guessed + 1 == WRONG_CODES:
                _log.warning("pairing: %d wrong codes; this one is good no more", WRONG_CODES)
                return Outcome.LOCKED
        return outcome

    def _used(self) -> Outcome:
        try:
            self._path.unlink()
        except OSError as error:
            _log.error("pairing: %s cannot be removed (%s)", self._path, error.strerror)
            return Outcome.NONE
        return Outcome.PAIRED

    def _invitation(self) -> _Invitation | None:
        try:
            found = _DECODER.decode(self._path.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None
        return found if self._now_ms() < found.until_ms else None


def _plain(said: str) -> str:
    """Digits as people group them, or a link's end as it is."""
    digits = re.sub(r"[\s.-]", "", said)
    return digits if _TYPED.fullmatch(digits) else said


def _outcome(said: str, sha256: str) -> Outcome:
    return Outcome.PAIRED if compare_digest(_sha256(said), sha256) else Outcome.WRONG


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
