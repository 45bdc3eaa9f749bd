"""Everything that stands before the console's pages, put together."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from triporteur_device.snapshot import read_snapshot
from triporteur_kiosk.config import KioskConfig, Listen
from triporteur_kiosk.console.access.door import Door
from triporteur_kiosk.console.access.origin import OwnNames, is_loopback
from triporteur_kiosk.console.access.pairing import Pairing
from triporteur_kiosk.console.access.pairing_page import PairingPage
from triporteur_kiosk.console.access.papers import Papers
from triporteur_kiosk.console.access.phones import Phones
from triporteur_kiosk.secured.server import SecuredServer
from triporteur_kiosk.secured.tls import ShownCertificate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def plain(app: "WSGIApplication", at: Listen) -> SecuredServer:
    """For development: no TLS and no door, on this machine alone. Raises OSError."""
    return SecuredServer(OwnNames(app, is_loopback), at.host, at.port)


def secured(app: "WSGIApplication", config: KioskConfig, papers: Papers) -> SecuredServer:
    """For the team: TLS with the certificate of now, for paired phones. Raises OSError."""
    places, names, at = config.console_places, config.console_names, config.console
    phones = Phones(places.directory, today(config.snapshot_path))
    door = Door(app, Pairing(places.invitation), phones, PairingPage(config.unit.name))
    shown = ShownCertificate(names, places.key, lambda: papers.chain)
    guarded = OwnNames(door, frozenset(names).__contains__)
    return SecuredServer(guarded, at.host, at.port, shown.context, shown.refresh)


def utc_ms(snapshot: Path) -> Callable[[], int | None]:
    """The time as the agent vouches for it, None while it does not."""

    def now_ms() -> int | None:
        try:
            told = read_snapshot(snapshot)
        except OSError:
            return None
        if told is None or not told.fresh or told.status.utc_ms is None:
            return None
        return told.status.utc_ms + round(told.age_s * 1000)

    return now_ms


def today(snapshot: Path) -> Callable[[], date | None]:
    """The day in UTC, as the agent vouches for it."""
    now_ms = utc_ms(snapshot)

    def day() -> date | None:
        ms = now_ms()
        return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).date()

    return day
