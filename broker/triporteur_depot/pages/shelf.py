"""Rendered pages, kept while they hold: whatever many readers ask for is made once."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

_ROOM = 64


@dataclass(frozen=True, slots=True)
class Body:
    """A page as it is sent, plain and packed by gzip. `tag` names its words, not their making."""

    plain: bytes
    packed: bytes
    tag: str


@dataclass(slots=True)
class _Place:
    """The last body made for an address. Who waits for `making` finds the body made meanwhile."""

    revision: str = ""
    body: Body | None = None
    making: Lock = field(default_factory=Lock)


class Shelf:
    """The last body made for each address, and the revision it was made for."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = Lock()

    def get(self, address: str, revision: str, make: Callable[[], str]) -> Body:
        place = self._place(address)
        with place.making:
            if place.body is None or place.revision != revision:
                place.body = _body(make().encode(), place.body)
                place.revision = revision
            return place.body

    def _place(self, address: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(address, _Place())
            self._places.move_to_end(address)
            if len(self._places) > _ROOM:
                self._places.popitem(last=False)
            return place


def _body(plain: bytes, before: Body | None) -> Body:
    if before and before.plain == plain:
        return before
    return Body(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:24])
