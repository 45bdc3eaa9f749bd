"""What the commands that serve pages have in common: they say where, or why not, and serve."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from triporteur_kiosk.serving import beside, end_on_signals, start_log
from triporteur_kiosk.values import Listen
from triporteur_wire.answering import Answering


class Server(Protocol):
    """`run` returns once the process is told to end."""

    def run(self) -> None: ...


def serve(
    name: str,
    at: Listen,
    url: str,
    listen: Callable[[], Server],
    meanwhile: AbstractContextManager[None],
    answering: Answering,
) -> int:
    """Serves `name` until told to end: 0; 1 when it cannot listen `at` where it is to."""
    end_on_signals()
    start_log()
    try:
        server = listen()
    except OSError as error:
        print(f"triporteur-kiosk: cannot listen on {at}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{name} on {url}", flush=True)
    with meanwhile, beside(answering.run):
        server.run()
    return 0
