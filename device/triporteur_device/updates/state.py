"""What was chosen and what became of the last update: one small file, replaced in one step."""

import logging
from pathlib import Path

import msgspec

from triporteur_device.files import write_whole
from triporteur_wire.reading import Unreadable, decode
from triporteur_wire.releases import Outcome

_log = logging.getLogger(__name__)


class Last(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of the release named by `digest`, as `wish` asked for it; `tries` are trials that began.

    `why` is a sentence, empty where all is well.
    """

    version: str
    digest: str
    wish: str
    outcome: Outcome
    why: str = ""
    tries: int = 0

    def is_about(self, digest: str, wish: str) -> bool:
        return (self.digest, self.wish) == (digest, wish)


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """`chosen` is the version that runs in the place of the package's own, which was `over`.

    Empty where the package's own runs. `trial` is the version that runs to be looked at, `damaged`
    one that was chosen until the card damaged it.
    """

    chosen: str = ""
    over: str = ""
    trial: str = ""
    last: Last | None = None
    damaged: str = ""


_DECODER = msgspec.json.Decoder(State)


def read_state(path: Path) -> State:
    """What was written last; where that makes no sense, nothing is chosen.

    Raises OSError where the card does not give it: what is chosen nobody knows then.
    """
    try:
        return decode(_DECODER, path.read_bytes())
    except FileNotFoundError:
        return State()
    except Unreadable as error:
        _log.error("%s cannot be read (%s); the package's own release runs", path, error)
        return State()


def write_state(path: Path, state: State) -> None:
    """Waits for the disk. Raises OSError."""
    write_whole(path, msgspec.json.encode(state), durable=True, mode=0o644)


class States:
    """What is written now, read once each time that it is written.

    While the card does not give it, what was read before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._state = State()
        self._is_lost = False

    def now(self) -> State:
        seen = _mark(self._path)
        if seen != self._seen:
            self._read(seen)
        return self._state

    def _read(self, seen: tuple[int, int] | None) -> None:
        try:
            self._state = read_state(self._path)
        except OSError as error:
            if not self._is_lost:
                _log.error("%s cannot be read (%s)", self._path, error.strerror)
            self._is_lost = True
            return
        if self._is_lost:
            _log.info("%s can be read again", self._path)
        self._seen, self._is_lost = seen, False


def _mark(path: Path) -> tuple[int, int] | None:
    """Tells one file that was put here from another; None where there is none to see."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
