"""The visitors' book: who is welcomed, until when and for how much. In RAM, gone with the process.

Asking again while welcomed changes nothing. Who has come to the end may ask again at once, unless
the radio is full: then the place is for somebody else. Bytes are counted over the day, so that
asking often gives nobody more; for that a phone is remembered by a hash under a key of this run.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from triporteur_kiosk.gate.keeper.budget import UNLIMITED
from triporteur_kiosk.gate.keeper.passes import Pass, Passes, Phone
from triporteur_kiosk.gate.keeper.shares import share
from triporteur_kiosk.gate.keeper.terms import Terms

#: Without a byte for so long, a phone has left: its place and its promise are free again.
IDLE_S = 900.0
#: How many phones of a day are remembered; a crowd of invented ones pushes out the oldest.
_REMEMBERED = 4096


class Full(Exception):
    """There is no place, or it is for somebody who has had none."""


@dataclass(slots=True)
class Grant:
    """One welcome, running. `limit` is None without one; `used` counts all its passes together."""

    held: Pass
    until_s: float
    limit: int | None
    moved_s: float
    used: int = 0
    before: int = 0

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


class Book:
    """`now_s` is any clock that only goes forward. All that reaches the kernel raises OSError."""

    def __init__(self, terms: Terms, passes: Passes, now_s: Callable[[], float]) -> None:
        self._terms = terms
        self._passes = passes
        self._now_s = now_s
        self._grants: dict[str, Grant] = {}
        self._eaten: dict[bytes, int] = {}
        self._key = secrets.token_bytes(16)
        self._passes_made = 0
        self.sessions = 0

    @property
    def welcomed(self) -> int:
        return len(self._grants)

    def find(self, phone: Phone) -> Grant | None:
        """Its running grant; None also while it has another address than it was welcomed at."""
        grant = self._grants.get(phone.mac)
        return grant if grant and grant.held.phone == phone else None

    def knows(self, ip: str) -> bool:
        return any(grant.held.phone.ip == ip for grant in self._grants.values())

    def seconds_left(self, grant: Grant) -> int:
        return max(0, int(grant.until_s - self._now_s()))

    def welcome(self, phone: Phone, day_left: int | None, *, full: bool) -> Grant:
        """Raises Full, NoShare and NotYet besides."""
        if running := self._grants.get(phone.mac):
            return self._follow(running, phone)
        eaten = self._eaten.get(self._hash(phone))
        if self.welcomed >= self._terms.most_stations or (full and eaten is not None):
            raise Full
        promised = sum(grant.left or 0 for grant in self._grants.values())
        limit = share(
            self._terms.day_bytes,
            self._terms.phone_bytes,
            unpromised=None if day_left is None else max(0, day_left - promised),
            eaten=eaten or 0,
            most_stations=self._terms.most_stations,
        )
        now_s = self._now_s()
        grant = Grant(
            self._pass(phone, self._terms.session_s, limit),
            now_s + self._terms.session_s,
            limit,
            now_s,
        )
        self._admit(grant)
        self.sessions += 1
        return grant

    def count(self, used: Mapping[str, int]) -> None:
        """Takes the kernel's counters by pass; ends whoever has no time, no bytes, or has left."""
        now_s = self._now_s()
        for grant in self._grants.values():
            reached = grant.before + used.get(grant.held.name, 0)
            reached = reached if grant.limit is None else min(reached, grant.limit)
            if reached > grant.used:
                grant.used, grant.moved_s = reached, now_s
        self._end(
            grant
            for grant in self._grants.values()
            if now_s >= grant.until_s or grant.left == 0 or now_s >= grant.moved_s + IDLE_S
        )

    def end_all(self) -> None:
        self._end(self._grants.values())

    def admit_again(self) -> None:
        """After the kernel's table was made anew, and holds nobody."""
        for grant in self._grants.values():
            grant.before = grant.used
            grant.held = self._pass(grant.held.phone, grant.until_s - self._now_s(), grant.left)
            self._passes.admit(grant.held)

    def begin_day(self) -> None:
        """What was had yesterday is forgotten; what runs counts for the new day."""
        self._eaten.clear()

    def _follow(self, grant: Grant, phone: Phone) -> Grant:
        """The phone came back with another address: the same grant, there."""
        if grant.held.phone == phone:
            return grant
        self._passes.dismiss(grant.held)
        grant.before = grant.used
        grant.held = self._pass(phone, grant.until_s - self._now_s(), grant.left)
        self._admit(grant)
        return grant

    def _admit(self, grant: Grant) -> None:
        """An address belongs to whoever has it now."""
        phone = grant.held.phone
        self._end(
            other
            for other in self._grants.values()
            if other.held.phone.ip == phone.ip and other is not grant
        )
        self._passes.admit(grant.held)
        self._grants[phone.mac] = grant

    def _end(self, ended: Iterable[Grant]) -> None:
        for grant in list(ended):
            del self._grants[grant.held.phone.mac]
            key = self._hash(grant.held.phone)
            eaten = self._eaten.pop(key, 0) + grant.used
            while len(self._eaten) >= _REMEMBERED:
                del self._eaten[next(iter(self._eaten))]
            self._eaten[key] = eaten
            self._passes.dismiss(grant.held)

    def _pass(self, phone: Phone, seconds: float, most: int | None) -> Pass:
        self._passes_made += 1
        name = f"visitor{self._passes_made}"
        return Pass(phone, name, max(1, round(seconds)), UNLIMITED if most is None else most)

    def _hash(self, phone: Phone) -> bytes:
        return blake2b(phone.mac.encode(), key=self._key, digest_size=16).digest()
