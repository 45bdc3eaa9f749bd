"""`triporteur-kiosk portal`: the public's pages, and what stands beside them, put together."""

import argparse
import os
from contextlib import AbstractContextManager, ExitStack
from importlib.metadata import version
from typing import TYPE_CHECKING

from triporteur_kiosk.alive import plain_alive
from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.commands.serve import serve
from triporteur_kiosk.config import KioskConfig, SecuredPortal
from triporteur_kiosk.public.app import create_app
from triporteur_kiosk.public.captive import Captive, Quick, host_name
from triporteur_kiosk.public.content_file import load_content
from triporteur_kiosk.public.editions import Editions, Places
from triporteur_kiosk.public.gate import Gate
from triporteur_kiosk.public.server import PortalServer
from triporteur_kiosk.seen import Watch, boot_number, local_time
from triporteur_kiosk.serving import beside
from triporteur_kiosk.usage.counts import Counts
from triporteur_kiosk.usage.gate_tally import GateTally
from triporteur_kiosk.usage.journal import UsageJournal
from triporteur_kiosk.usage.keeper import UsageKeeper
from triporteur_wire.manager import Manager

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def portal(config: KioskConfig, asked: argparse.Namespace) -> int:
    """1 when it cannot listen. Raises ContentFaults, and OSError."""
    if asked.check_config:
        load_content(config.content_path)
        return 0
    return _serve(config)


def _serve(config: KioskConfig) -> int:
    at, address = config.portal, config.portal_address
    editions, watch = _editions(config), Watch(config.snapshot_path)
    counts, gate = Counts(), Gate(config.gate_folder)
    app = create_app(
        lambda: editions.pages, address, lambda: local_time(watch.look()), counts, gate
    )
    answering = plain_alive(Manager(os.environ), at, address)
    quick = Quick(Captive(address), counts)
    with ExitStack() as stack:
        stack.enter_context(beside(editions.follow))
        if config.portal_secured:
            stack.enter_context(_secured(app, gate, config.portal_secured, address))
        return serve(
            "portal",
            at,
            f"http://{at}/",
            lambda: PortalServer(answering.around(app), quick, at.host, at.port),
            beside(_keeper(config, watch, counts, gate).run),
            answering,
        )


def _editions(config: KioskConfig) -> Editions:
    places = Places(config.content_path, config.pushed_path, config.kept_path, config.verdict_path)
    return Editions(places, legal_log=config.legal_log)


def _keeper(config: KioskConfig, watch: Watch, counts: Counts, gate: Gate) -> UsageKeeper:
    journal = UsageJournal(
        config.journal_path,
        lambda: boot_number(watch.look()),
        config.ack_path,
        version("triporteur"),
    )
    return UsageKeeper(counts, journal, GateTally(gate.state, counts, boottime_ms()).look)


def _secured(
    app: "WSGIApplication", gate: Gate, secured: SecuredPortal, address: str
) -> AbstractContextManager[None]:
    """Its imports take 7 MB: only where phones can trust what it shows."""
    from triporteur_kiosk.public.api import Api
    from triporteur_kiosk.public.secured import SecuredDoor

    return beside(SecuredDoor(Api(app, gate, address), secured, host_name(address)).run)
