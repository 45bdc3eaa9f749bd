"""Which version runs aboard, and what becomes of the one that the depot offers, in words."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from triporteur_depot.downlink.ledger import Given, last
from triporteur_depot.pages.queries import Unit
from triporteur_depot.releases import offers
from triporteur_wire.french import plural
from triporteur_wire.release_words import became_in_french
from triporteur_wire.releases import Offer, Outcome, Told, numbers

#: What a unit says is not believed to be short, and a fleet may be large.
_LONGEST = 30
_MOST_NAMES = 3
_MOST_VERSIONS = 6
_KINDS: dict[str, str] = {
    Outcome.ARRIVING: "arriving",
    Outcome.WAITING: "waiting",
    Outcome.TRIAL: "waiting",
    Outcome.RUNNING: "ready",
    Outcome.REFUSED: "attention",
    Outcome.FAILED: "attention",
}
_UNDER_WAY = frozenset({Outcome.ARRIVING, Outcome.WAITING, Outcome.TRIAL})


@dataclass(frozen=True, slots=True)
class VersionView:
    """`version` is the one that is wanted, empty while none is, and `words` say what becomes of it.

    `kind` names a pictogram. `arrived_pct` is None but while it arrives. `is_spoiled` says that it
    will not be tried again by itself.
    """

    runs: str
    version: str = ""
    words: str = ""
    kind: str = ""
    arrived_pct: float | None = None
    is_spoiled: bool = False


def version_view(connection: sqlite3.Connection, unit: Unit) -> VersionView | None:
    """By the unit's last status; None of a unit that never said any. Raises sqlite3.Error."""
    if unit.status is None:
        return None
    runs, told = _cut(unit.status.version), unit.status.release
    given = last(connection, unit.name, offers.RELEASE)
    if given and (told is None or told.revision < given.revision):
        return _unheard(runs, given, offers.offered(connection, unit.name), told)
    if told is None or (told.outcome == Outcome.RUNNING and told.version != unit.status.version):
        return VersionView(runs)
    return _told(runs, told)


def versions(units: Iterable[Unit]) -> list[str]:
    """« 1.4.0 sur 4 unités », « 1.3.0 sur ben, panda », the latest first, and what is on its way.

    Nothing where all are alike, and stay so.
    """
    said = [(unit.name, unit.status) for unit in units if unit.status]
    runs = _by_version((status.version, name) for name, status in said)
    coming = _by_version(
        (status.release.version, name)
        for name, status in said
        if status.release and status.release.outcome in _UNDER_WAY
    )
    if len(runs) < 2 and not coming:
        return []
    there = [f"{version} sur {names}" for version, names in runs]
    return there + [f"{version} en route vers {names}" for version, names in coming]


def _unheard(runs: str, given: Given, offer: Offer | None, told: Told | None) -> VersionView:
    """What the unit does not know of yet."""
    if offer:
        sent = "pas encore reçue" if given.sent_utc_ms else "pas encore envoyée"
        return VersionView(runs, _cut(offer.version), f"proposée, {sent}", "waiting")
    if told and told.revision and told.outcome in _UNDER_WAY:
        return VersionView(runs, _cut(told.version), "retirée, pas encore reçu à bord", "waiting")
    return VersionView(runs)


def _told(runs: str, told: Told) -> VersionView:
    ran = told.outcome == Outcome.RUNNING
    words = "mise à jour réussie" if ran else became_in_french(told)
    words += "" if told.revision else ", donnée sur place"
    return VersionView(
        runs,
        _cut(told.version),
        words,
        _KINDS.get(told.outcome, "event"),
        _arrived_pct(told) if told.outcome == Outcome.ARRIVING else None,
        is_spoiled=bool(told.revision) and told.outcome in {Outcome.REFUSED, Outcome.FAILED},
    )


def _arrived_pct(told: Told) -> float:
    return min(100.0, 100 * told.there_bytes / told.total_bytes) if told.total_bytes else 0.0


def _by_version(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Versions, the latest first, and the units of each."""
    units: dict[str, list[str]] = defaultdict(list)
    for version, name in said:
        units[_cut(version)].append(name)
    found = sorted(units, key=_order, reverse=True)[:_MOST_VERSIONS]
    return [(version, _named(units[version])) for version in found]


def _order(version: str) -> tuple[int, ...]:
    """A version that is none comes last."""
    try:
        return numbers(version)
    except ValueError:
        return ()


def _named(names: list[str]) -> str:
    if len(names) > _MOST_NAMES:
        return plural(len(names), "unité", "unités")
    return ", ".join(sorted(names))


def _cut(version: str) -> str:
    return version[:_LONGEST]
