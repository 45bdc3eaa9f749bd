"""The page « Unité »: who it is, what it hears on each line, and what it still holds."""

from dataclasses import dataclass

from triporteur_kiosk.console.battery_page import Figure
from triporteur_kiosk.console.french import ago
from triporteur_kiosk.console.state import state
from triporteur_kiosk.seen import Told
from triporteur_wire.french import ABSENT, duration, number, plural
from triporteur_wire.messages import Delivery, SourceHealth, Status


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the unit: its name, its protocol, when it was heard, and what came."""

    name: str
    protocol: str
    heard: str
    is_silent: bool
    counts: str


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`trouble` says why nothing more is known; None when the unit runs."""

    trouble: str | None
    identity: list[Figure]
    sources: list[Source]
    delivery: list[Figure]


def unit_page(told: Told) -> UnitPage:
    if not isinstance(told, Status):
        now = state(told)
        trouble = now.word if now.age == ABSENT else f"{now.word} {now.age}"
        return UnitPage(trouble, [], [], [])
    silent = told.silent_sources()
    sources = [
        _source(name, health, is_silent=name in silent) for name, health in told.sources.items()
    ]
    return UnitPage(None, _identity(told), sources, _delivery(told.delivery))


def _identity(status: Status) -> list[Figure]:
    return [
        Figure("Version", status.version),
        Figure("Heure", "pas encore connue" if status.utc_ms is None else "connue"),
    ]


def _source(name: str, health: SourceHealth, *, is_silent: bool) -> Source:
    age_s = health.heard_age_s
    heard = "jamais entendu" if age_s is None else f"entendu {ago(age_s)}"
    counts = [plural(health.frames, "message lu", "messages lus")]
    if health.refused:
        counts.append(plural(health.refused, "refusé", "refusés"))
    if discarded := sum(health.discarded.values()):
        counts.append(plural(discarded, "signe illisible", "signes illisibles"))
    return Source(name, health.protocol, heard, is_silent, ", ".join(counts))


def _delivery(delivery: Delivery) -> list[Figure]:
    oldest_s = delivery.oldest_waiting_s
    return [
        Figure("Dépôt", "joignable" if delivery.connected else "injoignable"),
        Figure("Mesures en attente", number(delivery.waiting)),
        Figure("Attente la plus longue", ABSENT if oldest_s is None else duration(oldest_s)),
        Figure("Mesures perdues", number(delivery.given_up)),
    ]
