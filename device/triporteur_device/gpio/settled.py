"""A contact that is believed once it has settled."""

from collections.abc import Callable


class Settled:
    """What `read` gives, as soon as two looks in a row agree; the first one counts at once."""

    def __init__(self, read: Callable[[], bool]) -> None:
        self._read = read
        self._seen: bool | None = None
        self._believed = False

    def look(self) -> bool:
        now = self._read()
        if self._seen is None or now == self._seen:
            self._believed = now
        self._seen = now
        return self._believed
