"""Everything the fleet page says, in words ready to be shown."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from triporteur_depot.pages.activity import Activity
from triporteur_depot.pages.delivered import Delivered, delivered
from triporteur_depot.pages.french import ago, give_or_take, percent
from triporteur_depot.pages.outing_view import Said, said
from triporteur_depot.pages.queries import Unit, all_units
from triporteur_depot.pages.sparks import Spark, Sparks
from triporteur_depot.pages.urgency import Severity, Situation, order, situation
from triporteur_depot.pages.version_view import versions

_COUNTED = {
    Severity.REPAIR: ("à réparer", "à réparer"),
    Severity.SILENT: ("muet", "muets"),
    Severity.ATTENTION: ("attention", "attention"),
    Severity.READY: ("en ordre", "en ordre"),
    Severity.OFF: ("éteint", "éteints"),
}
KINDS = {severity: severity.name.lower() for severity in Severity}


@dataclass(frozen=True, slots=True)
class Row:
    """One unit. `charge_pct` is None when unknown or not fresh; `icon` names a pictogram."""

    name: str
    place: str
    kind: str
    icon: str
    words: str
    detail: str
    charge_pct: int | None
    charge: str
    sigma: str
    spark: Spark
    outing: Said
    delivered: Delivered
    heard: str


@dataclass(frozen=True, slots=True)
class Count:
    kind: str
    count: int
    word: str


@dataclass(frozen=True, slots=True)
class Fleet:
    """`versions` are told where units run different ones, or are about to."""

    counts: list[Count]
    rows: list[Row]
    versions: list[str]


def fleet(connection: sqlite3.Connection, sparks: Sparks, now_ms: int) -> Fleet:
    """The units sorted by what needs someone."""
    found = [(unit, situation(unit, now_ms)) for unit in all_units(connection, now_ms)]
    found.sort(key=lambda pair: order(*pair))
    rows = [
        _row(unit, what, sparks.spark(connection, unit, now_ms), now_ms) for unit, what in found
    ]
    return Fleet(_counts(what for _, what in found), rows, versions(unit for unit, _ in found))


def icon(found: Situation) -> str:
    """The pictogram of a situation: a ready unit shows that it charges."""
    if found.severity is Severity.READY and found.activity is Activity.CHARGING:
        return "charging"
    return KINDS[found.severity]


def _row(unit: Unit, found: Situation, spark: Spark, now_ms: int) -> Row:
    return Row(
        name=unit.name,
        place=unit.status.place if unit.status else "",
        kind=KINDS[found.severity],
        icon=icon(found),
        words=found.words,
        detail=found.detail,
        charge_pct=found.charge_pct,
        charge=percent(found.charge_pct),
        sigma=give_or_take(found.charge_sigma_pct),
        spark=spark,
        outing=said(found),
        delivered=delivered(unit, now_ms, is_mute=found.severity is Severity.SILENT),
        heard=ago(unit.heard_ms, now_ms),
    )


def _counts(found: Iterable[Situation]) -> list[Count]:
    tally = Counter(what.severity for what in found)
    return [
        Count(KINDS[severity], tally[severity], words[tally[severity] > 1])
        for severity, words in _COUNTED.items()
        if tally[severity]
    ]
