"""`triporteur-kiosk console`: the team's pages, and what stands before them, put together."""

import argparse
import os
from contextlib import nullcontext

from flask import Flask

from triporteur_kiosk.alive import plain_alive, secured_alive
from triporteur_kiosk.commands.serve import serve
from triporteur_kiosk.config import KioskConfig
from triporteur_kiosk.console.access.entrance import plain, secured, utc_ms
from triporteur_kiosk.console.access.papers import Papers
from triporteur_kiosk.console.app import create_app
from triporteur_kiosk.serving import beside, start_log
from triporteur_wire.manager import Manager


def console(config: KioskConfig, asked: argparse.Namespace) -> int:
    """1 when it cannot listen. Raises OSError."""
    if asked.check_config:
        return 0
    return _secured(config) if config.console_tls else _plain(config)


def _plain(config: KioskConfig) -> int:
    at = config.console
    answering = plain_alive(Manager(os.environ), at, at.host)
    app = answering.around(_pages(config))
    return serve(
        "console", at, config.console_url, lambda: plain(app, at), nullcontext(), answering
    )


def _secured(config: KioskConfig) -> int:
    at = config.console
    answering = secured_alive(Manager(os.environ), at, config.console_names[0])
    app = answering.around(_pages(config))
    papers = Papers(config.console_names, config.console_places, utc_ms(config.snapshot_path))
    start_log()
    papers.open()
    return serve(
        "console",
        at,
        config.console_url,
        lambda: secured(app, config, papers),
        beside(papers.run),
        answering,
    )


def _pages(config: KioskConfig) -> Flask:
    return create_app(
        config.unit.name,
        config.unit.place,
        config.snapshot_path,
        config.desk_path,
        config.gate_folder,
    )
