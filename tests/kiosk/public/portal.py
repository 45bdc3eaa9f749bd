"""The portal under test: its shipped content, a planned agenda and a fixed day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from threading import Thread

import msgspec
from flask import Flask

from triporteur_kiosk.public.app import create_app
from triporteur_kiosk.public.captive import Captive, Quick
from triporteur_kiosk.public.content import Content, Visit
from triporteur_kiosk.public.content_file import load_content
from triporteur_kiosk.public.gate import Gate
from triporteur_kiosk.public.pages import Pages
from triporteur_kiosk.public.server import PortalServer
from triporteur_kiosk.public.themes import THEMES
from triporteur_kiosk.usage.counts import Counts

CONTENT_FILE = Path(__file__).parents[3] / "kiosk/content/content.toml"
ADDRESS = "triporteur.lan"
TODAY = date(2026, 11, 22)
NOON = datetime.combine(TODAY, time(12))
THEME_PATHS = [f"/{theme.number}" for theme in THEMES]
PATHS = ["/", "/visites", "/recharge", "/urgences", "/vie-privee", "/internet", *THEME_PATHS]
NO_GATE = Gate(Path("/nonexistent/triporteur-gate"))


def visit(day: date, place: str = "Marché Saint-Michel") -> Visit:
    """A visit from 14 h to 17 h 30."""
    return Visit(day, time(14), time(17, 30), place)


def content_with(*visits: Visit) -> Content:
    """The shipped content with `visits` planned."""
    return msgspec.structs.replace(load_content(CONTENT_FILE), visits=visits)


def eight_partners(character: str) -> str:
    """The rest of a content file whose first theme is as full as the limits of texts allow."""
    shipped = CONTENT_FILE.read_text(encoding="utf-8").replace('"sante", ', "")
    return shipped.replace('["sante"]', '["famille"]') + "".join(
        f'\n[[partner]]\nname = "{character * 40}"\nsentence = "{character * 120}"\n'
        f'url = "https://{"x" * 57}.fr/"\n'
        'themes = ["sante"]\nverified = "to verify"\n'
        for _ in range(8)
    )


def portal(
    content: Content,
    address: str = ADDRESS,
    now: Callable[[], datetime | None] = lambda: NOON,
    counts: Counts | None = None,
    gate: Gate = NO_GATE,
    *,
    legal_log: bool = False,
) -> Flask:
    """The application at `address`, at the time `now` gives, beside `gate`."""
    pages = Pages(content, legal_log=legal_log)
    return create_app(lambda: pages, address, now, counts or Counts(), gate)


@contextmanager
def served(app: Flask, address: str = ADDRESS, host: str = "127.0.0.1") -> Iterator[int]:
    """Serves `app`, which is at `address`, on a free port of `host`, which it gives."""
    server = PortalServer(app, Quick(Captive(address), Counts()), host, 0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # In the server's own loop, which ends once nothing is open.
        server.trigger.pull_trigger(server.close)  # type: ignore[attr-defined]  # stub's slip
        thread.join()
        server.task_dispatcher.shutdown()
