"""How any process that serves pages ends, and what it does beside."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


def end_on_signals() -> None:
    """From now on SIGTERM and SIGINT raise SystemExit, on which a server's run returns."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


@contextmanager
def beside(part: Callable[[Event], None]) -> Iterator[None]:
    """Runs `part` in a thread of its own meanwhile; then stops it and waits for it to end."""
    stop = Event()
    thread = Thread(target=part, args=(stop,), name="beside", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
