"""The next outing of a unit: may it leave, why, on which figures; in words ready to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from triporteur_depot.pages.aboard import Part
from triporteur_depot.pages.days import local
from triporteur_depot.pages.french import clock, percent, short_date
from triporteur_depot.pages.urgency import Severity, Situation
from triporteur_depot.pages.words import VERDICT_KINDS as KINDS
from triporteur_wire.french import ABSENT, NARROW, NBSP, measure, number, plural
from triporteur_wire.messages import Status
from triporteur_wire.readiness import Calibration, Outing, Readiness, Reason, What
from triporteur_wire.readiness_words import (
    VERDICTS,
    action_in_french,
    outing_in_french,
    reason_in_french,
)

_UNKNOWN = "silent"
#: Nothing but the verdict itself.
_PLAIN = frozenset({What.LEAVE, What.UNPLUG_AND_LEAVE, What.LEAVE_CAREFULLY})
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict. `kind` names its colour and its pictogram; `action` is what to do, or empty."""

    kind: str
    word: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class OutingView:
    said: Said
    outing: str
    reasons: list[Line]
    parts: list[Part]


def said(found: Situation) -> Said:
    """What the unit says of its next outing now; nothing old is ever said again."""
    readiness = found.status.readiness if found.status else None
    if readiness is None:
        return Said("off" if found.severity is Severity.OFF else _UNKNOWN, "inconnu")
    plain = readiness.action.what in _PLAIN
    action = "" if plain else action_in_french(readiness.action)[:_LONGEST]
    return Said(KINDS[readiness.verdict], VERDICTS[readiness.verdict], action)


def outing_view(last: Status | None, found: Situation, now_ms: int) -> OutingView | None:
    """`last` is what the unit said last, `found` what of it holds now. None where neither an
    outing nor a verdict is known."""
    readiness = found.status.readiness if found.status else None
    if readiness:
        outing = readiness.outing
        reasons = [_line(reason, outing) for reason in readiness.reasons]
        parts = list(_parts(readiness, now_ms))
        return OutingView(said(found), _outing(outing, now_ms), reasons, parts)
    planned = _planned(last, now_ms)
    if planned is None:
        return None
    why = Line(_UNKNOWN, "Elle ne se fait pas entendre" if found.status is None else "")
    return OutingView(said(found), _outing(planned, now_ms), [why] if why.words else [], [])


def _line(reason: Reason, outing: Outing) -> Line:
    words = reason_in_french(reason, outing) or reason.why.replace("_", " ")
    return Line(KINDS[reason.level], words[:_LONGEST])


def _planned(last: Status | None, now_ms: int) -> Outing | None:
    """The next outing that a unit that is not heard was to make."""
    if last is None or last.plan is None:
        return None
    ahead = (one for one in (last.plan.today, last.plan.tomorrow) if one)
    return next((one for one in ahead if (one.departs_utc_ms or 0) > now_ms), None)


def _outing(outing: Outing, now_ms: int) -> str:
    """« demain 9 h, Lycée : 12 km et 3 h »."""
    if outing.departs_utc_ms is None:
        return f"Personne n’a saisi de sortie{NARROW}: {outing_in_french(outing)} supposés"
    when = _when(outing.departs_utc_ms, now_ms)
    where = ", ".join(part for part in (when, outing.place[:_LONGEST]) if part)
    return f"{where}{NARROW}: {outing_in_french(outing)}"


def _when(departs_ms: int, now_ms: int) -> str:
    try:
        departs, today = local(departs_ms).date(), local(now_ms).date()
    except (ValueError, OverflowError, OSError):
        return ""
    named = {today: "aujourd’hui", today + timedelta(days=1): "demain"}
    return f"{named.get(departs, short_date(departs))} {clock(departs_ms)}"


def _parts(told: Readiness, now_ms: int) -> Iterator[Part]:
    yield Part(
        "Énergie",
        f"{measure(told.available_wh, 'Wh')} sûrs, il en faut {measure(told.needed_wh, 'Wh')}",
    )
    if told.return_pct is not None:
        back = max(told.return_pct, 0.0)
        yield Part("Au retour", f"vers {percent(back)}, sans imprévu")
    if told.range_km is not None:
        yield Part("Portée sûre", measure(told.range_km, "km"))
    if told.full_utc_ms is not None:
        yield Part("Pleine", _when(told.full_utc_ms, now_ms) or ABSENT)
    yield from _calibration(told.calibration)


def _calibration(told: Calibration | None) -> Iterator[Part]:
    if told is None:
        yield Part("Prévisions", "pas encore vérifiées")
        return
    outings = plural(told.rides, "dernière sortie", "dernières sorties")
    on = f"sur les {outings}" if told.rides > 1 else "sur une sortie"
    yield Part("Prévisions", f"à {percent(told.error_pct)} près {on}")
    used = f"{measure(told.last_used_wh, 'Wh')} (prévu{NBSP}{number(told.last_foreseen_wh)})"
    yield Part("Dernière sortie", f"{measure(told.last_km, 'km', 1)}, {used}")
