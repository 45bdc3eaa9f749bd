"""How any process that serves pages begins and ends, and what it does beside."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread, current_thread, main_thread

_ENDING = (signal.SIGTERM, signal.SIGINT)


def start_log() -> None:
    """What is logged goes to stderr: warnings, and what is worth a line."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # Waitress would tell of each page somebody left early, and a line for each phone in a crowd.
    logging.getLogger("waitress").setLevel(logging.ERROR)


def end_on_signals() -> None:
    """From now on SIGTERM and SIGINT raise SystemExit, on which a server's run returns."""
    for number in _ENDING:
        signal.signal(number, lambda *_: sys.exit(0))


@contextmanager
def heeding(stop: Callable[[], None]) -> Iterator[None]:
    """Meanwhile SIGTERM and SIGINT call `stop`, where this is the main thread, and raise nothing.

    An event loop that is left by an exception may lose what it was about to do, and then never
    comes to its end.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop()) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
