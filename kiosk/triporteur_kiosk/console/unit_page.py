"""The page « Unité »: its switch, what it hears on each line, and what it still holds."""

from dataclasses import dataclass, field

from triporteur_kiosk.console.aboard import aboard
from triporteur_kiosk.console.calibration import calibration_in_french
from triporteur_kiosk.console.figures import Figure
from triporteur_kiosk.console.french import ago
from triporteur_kiosk.console.state import state
from triporteur_kiosk.seen import Told
from triporteur_wire.french import ABSENT, duration, number
from triporteur_wire.hearing import counts_in_french, doubts_in_french
from triporteur_wire.messages import Delivery, SourceHealth, Status
from triporteur_wire.origins import MACHINE, source_in_french
from triporteur_wire.release_words import became_in_french
from triporteur_wire.releases import Outcome
from triporteur_wire.releases import Told as Release


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the unit: its name, its protocol, when it was heard, and what came.

    `doubts` says in words why it should not be taken as it is; empty when nothing is doubtful.
    """

    name: str
    protocol: str
    heard: str
    is_silent: bool
    doubts: str
    counts: str

    @property
    def is_well(self) -> bool:
        return not (self.is_silent or self.doubts)


@dataclass(frozen=True, slots=True)
class UnitPage:
    """`trouble` says why nothing more is known; None when the unit runs.

    `phones` says whether visitors' phones are supplied; None where the unit has no such switch.
    `calibration` says how well it foretells; empty where it judges nothing.
    """

    trouble: str | None
    identity: list[Figure] = field(default_factory=list)
    phones: bool | None = None
    calibration: str = ""
    sources: list[Source] = field(default_factory=list)
    delivery: list[Figure] = field(default_factory=list)


def unit_page(told: Told) -> UnitPage:
    if not isinstance(told, Status):
        return UnitPage(state(told).in_one_line)
    silent = told.silent_sources()
    sources = [
        _source(name, health, is_silent=name in silent) for name, health in told.sources.items()
    ]
    # The machine's figures stand above; it is one more device only when something is wrong with it.
    sources = [source for source in sources if source.protocol != MACHINE or not source.is_well]
    return UnitPage(
        trouble=None,
        identity=[*_identity(told), *aboard(told)],
        phones=_phones(told),
        calibration=calibration_in_french(told.readiness.calibration) if told.readiness else "",
        sources=sources,
        delivery=_delivery(told.delivery),
    )


def _phones(status: Status) -> bool | None:
    told = status.reading("phone_charging")
    return None if told is None else bool(told.value)


def _identity(status: Status) -> list[Figure]:
    return [
        Figure("Version", status.version),
        *_update(status.release),
        Figure("Heure", "pas encore connue" if status.utc_ms is None else "connue"),
    ]


def _update(release: Release | None) -> list[Figure]:
    """Of one that runs, its version says enough."""
    if release is None or release.outcome == Outcome.RUNNING:
        return []
    return [Figure("Mise à jour", f"{release.version} {became_in_french(release)}")]


def _source(name: str, health: SourceHealth, *, is_silent: bool) -> Source:
    age_s = health.heard_age_s
    heard = "jamais entendu" if age_s is None else f"entendu {ago(age_s)}"
    doubts = ", ".join(doubts_in_french(health))
    counts = ", ".join(counts_in_french(health))
    return Source(source_in_french(name), health.protocol, heard, is_silent, doubts, counts)


def _delivery(delivery: Delivery) -> list[Figure]:
    oldest_s = delivery.oldest_waiting_s
    return [
        Figure("Dépôt", "joignable" if delivery.connected else "injoignable"),
        Figure("Mesures en attente", number(delivery.waiting)),
        Figure("Attente la plus longue", ABSENT if oldest_s is None else duration(oldest_s)),
        Figure("Mesures perdues", number(delivery.given_up)),
    ]
