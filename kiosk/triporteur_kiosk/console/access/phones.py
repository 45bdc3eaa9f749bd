"""The phones that were paired: of each a number, two days, and the hash of what it shows.

A phone's pairing ends 180 days after it was made, or after 30 days in which it was not seen, once
the unit knows what day it is; or by `triporteur-kiosk unpair`, at once.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from hmac import compare_digest
from pathlib import Path

import msgspec
from msgspec.structs import replace

from triporteur_device.files import write_whole

#: For how long a pairing is good, and for how long without being used.
KEPT = timedelta(days=180)
IDLE = timedelta(days=30)
MOST = 20
_NAME = "phones.json"


class Phone(msgspec.Struct, frozen=True, omit_defaults=True):
    """`paired` and `seen` are days in UTC, None while the unit did not know the day. After a visit
    on such a day `seen` is None too: how long the phone is idle is counted from the next one.

    `before` is the first day known that was before `paired`: whichever of the two clocks was wrong,
    a pairing lasts no longer than it may by either.
    """

    number: int
    secret_sha256: str
    paired: date | None = None
    seen: date | None = None
    before: date | None = None

    def holds(self, today: date | None) -> bool:
        if today is None:
            return True
        begun = self.before if self._is_before(today) else self.paired
        is_old = begun is not None and today - begun >= KEPT
        is_idle = self.seen is not None and today - self.seen >= IDLE
        return not (is_old or is_idle)

    def seen_on(self, today: date | None) -> "Phone":
        """A pairing of an unknown day begins on the first that is known; so does being idle."""
        if today is None:
            return replace(self, seen=None)
        if self._is_before(today):
            return replace(self, before=min(self.before or today, today))
        return replace(self, paired=self.paired or today, seen=max(self.seen or today, today))

    def _is_before(self, today: date) -> bool:
        return self.paired is not None and today < self.paired


class TooManyPhones(Exception):
    """No more can be paired."""


class Phones:
    """The list in its folder; several processes and threads may use it. All may raise OSError."""

    def __init__(self, directory: Path, today: Callable[[], date | None]) -> None:
        self._directory = directory
        self._path = directory / _NAME
        self._today = today

    def all(self) -> list[Phone]:
        """Those whose pairing holds, by number."""
        today = self._today()
        return [phone for phone in self._read() if phone.holds(today)]

    def pair(self, instead_of: Phone | None = None) -> str:
        """What a phone is to show from now on. Raises TooManyPhones."""
        token = secrets.token_urlsafe(32)
        with self._alone():
            others = [phone for phone in self.all() if phone != instead_of]
            if len(others) >= MOST:
                raise TooManyPhones
            number = max((phone.number for phone in others), default=0) + 1
            made = Phone(number, _sha256(token)).seen_on(self._today())
            self._write([*others, made])
        return token

    def find(self, token: str) -> Phone | None:
        """The phone that shows this, or None when none does any more."""
        sha256, found = _sha256(token), None
        for phone in self.all():
            if compare_digest(phone.secret_sha256, sha256):
                found = phone
        if found is not None and found.seen_on(self._today()) != found:
            self._note_seen(found)
        return found

    def unpair(self, number: int | None = None) -> int:
        """Ends the pairing of one phone, or of all; how many that were."""
        with self._alone():
            before = self._read()
            left = [phone for phone in before if number not in (None, phone.number)]
            self._write(left)
        return len(before) - len(left)

    def _note_seen(self, seen: Phone) -> None:
        today = self._today()
        # A card that refuses is no reason to shut the team out.
        with suppress(OSError), self._alone():
            self._write(
                [phone.seen_on(today) if phone == seen else phone for phone in self._read()]
            )

    def _read(self) -> list[Phone]:
        try:
            return _DECODER.decode(self._path.read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return []

    def _write(self, phones: list[Phone]) -> None:
        write_whole(self._path, msgspec.json.encode(phones), durable=True, mode=0o600)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        handle = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


_DECODER = msgspec.json.Decoder(list[Phone])


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
