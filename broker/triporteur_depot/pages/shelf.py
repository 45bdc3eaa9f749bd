"""Rendered pages, kept while they hold: whatever many readers ask for is made once."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

_ROOM = 64


@dataclass(slots=True)
class _Place:
    """The last body made for an address. Who waits for `making` finds the body made meanwhile."""

    tag: str = ""
    body: str = ""
    making: Lock = field(default_factory=Lock)


class Shelf:
    """The last body made for each address, under the tag it was made for."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, _Place] = OrderedDict()
        self._lock = Lock()

    def get(self, address: str, tag: str, make: Callable[[], str]) -> str:
        place = self._place(address)
        with place.making:
            if place.tag != tag:
                place.body = make()
                place.tag = tag
            return place.body

    def _place(self, address: str) -> _Place:
        with self._lock:
            place = self._places.setdefault(address, _Place())
            self._places.move_to_end(address)
            if len(self._places) > _ROOM:
                self._places.popitem(last=False)
            return place
