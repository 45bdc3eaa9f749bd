"""Which version runs aboard, and what becomes of the one that the depot offers, in words."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from triporteur_depot.downlink.ledger import Given, last, made_of
from triporteur_depot.downlink.verdicts import Outcome as Made
from triporteur_depot.pages.queries import Unit
from triporteur_depot.releases import offers
from triporteur_wire.french import NARROW, plural
from triporteur_wire.release_words import became_in_french
from triporteur_wire.releases import Offer, Outcome, Told, numbers
from triporteur_wire.upkeep import Remedy, remedy

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
_AWAITED = frozenset({Outcome.ARRIVING, Outcome.WAITING, Outcome.TRIAL})
_RUNS_ON = "La version en service continue."
#: What to do, and the command that does it.
_ADVICE = {
    Remedy.MEND: (f"{_RUNS_ON} Une fois la cause réglée, renvoyez-la", "send"),
    Remedy.SEND: (f"{_RUNS_ON} Le fichier de celle-ci n’est plus au dépôt, renvoyez-la", "send"),
    Remedy.WITHDRAW: (f"{_RUNS_ON} Celle-ci ne convient pas à l’unité, retirez-la", "withdraw"),
    None: ("", ""),
}


@dataclass(frozen=True, slots=True)
class VersionView:
    """`version` is the one that is wanted, empty while none is, and `words` say what becomes of it.

    `kind` names a pictogram. `arrived_pct` is None but while it arrives. `advice` is what to do,
    with that `command` of `triporteur-depot release`; both are empty for nothing.
    """

    runs: str
    version: str = ""
    words: str = ""
    kind: str = ""
    arrived_pct: float | None = None
    advice: str = ""
    command: str = ""


def version_view(connection: sqlite3.Connection, unit: Unit) -> VersionView | None:
    """By the unit's last status; None of a unit that never said any. Raises sqlite3.Error."""
    if unit.status is None:
        return None
    runs, told = _cut(unit.status.version), unit.status.release
    given = last(connection, unit.name, offers.RELEASE)
    if given and made_of(given, unit.status).outcome is Made.WAITING:
        return _unheard(runs, given, offers.offered(connection, unit.name), told)
    if told is None or (told.outcome == Outcome.RUNNING and told.version != unit.status.version):
        return VersionView(runs)
    return _told(runs, told)


def versions(units: Iterable[Unit]) -> list[str]:
    """« 1.4.0 sur 4 unités », « 1.3.0 sur ben, panda », the latest first, and what is awaited.

    Nothing where all are alike, and stay so.
    """
    said = [(unit.name, unit.status) for unit in units if unit.status]
    runs = _by_version((status.version, name) for name, status in said)
    coming = _by_version(
        (status.release.version, name)
        for name, status in said
        if status.release and status.release.outcome in _AWAITED
    )
    if len(runs) < 2 and not coming:
        return []
    there = [f"{version} sur {names}" for version, names in runs]
    return there + [f"{version} attendue sur {names}" for version, names in coming]


def _unheard(runs: str, given: Given, offer: Offer | None, told: Told | None) -> VersionView:
    """What the unit does not know of yet: an offer, or that it is taken back."""
    if told and not given.body:
        words = f"retirée{NARROW}; le triporteur ne le sait pas encore"
        return VersionView(runs, _cut(told.version), words, "waiting")
    if offer:
        sent = "pas encore reçue" if given.sent_utc_ms else "pas encore envoyée"
        return VersionView(runs, _cut(offer.version), f"proposée, {sent}", "waiting")
    return VersionView(runs)


def _told(runs: str, told: Told) -> VersionView:
    ran = told.outcome == Outcome.RUNNING
    words = "mise à jour réussie" if ran else became_in_french(told)
    words += "" if told.revision else ", donnée sur place"
    advice, command = _ADVICE[remedy(told)]
    return VersionView(
        runs,
        _cut(told.version),
        words,
        "attention" if advice else _KINDS.get(told.outcome, "event"),
        _arrived_pct(told) if told.outcome == Outcome.ARRIVING else None,
        advice,
        command,
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
