"""The next outing of a unit: may it leave, why, on which figures; in words ready to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from triporteur_depot.pages.aboard import Part
from triporteur_depot.pages.days import local
from triporteur_depot.pages.french import clock, percent, short_date
from triporteur_depot.pages.queries import Unit
from triporteur_depot.pages.urgency import Severity, Situation, evening_by_last_word
from triporteur_depot.pages.words import VERDICT_KINDS as KINDS
from triporteur_wire.french import ABSENT, NARROW, NBSP, measure, number, plural
from triporteur_wire.messages import Status
from triporteur_wire.plan import is_supposed
from triporteur_wire.readiness import Calibration, Outing, Readiness, Reason, What
from triporteur_wire.readiness_words import (
    VERDICTS,
    action_in_french,
    evening_in_french,
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


def outing_view(unit: Unit, found: Situation, now_ms: int) -> OutingView | None:
    """`found` is what of a unit's last status holds now. None where neither an outing nor a
    verdict is known."""
    if found.status and found.status.readiness:
        return _judged(found.status.readiness, unit, found, now_ms)
    planned = _planned(unit.status, now_ms)
    if planned is None:
        return None
    told = [] if found.status else _unheard(unit, now_ms)
    return OutingView(said(found), _outing(planned, now_ms), told, [])


def _judged(told: Readiness, unit: Unit, found: Situation, now_ms: int) -> OutingView:
    outing, plan = told.outing, found.status.plan if found.status else None
    evening = [Line("attention", evening_in_french(unit.evening))] if unit.evening else []
    reasons = [*evening, *(_line(reason, outing) for reason in told.reasons)]
    words = _supposed(outing) if is_supposed(outing, plan) else _outing(outing, now_ms)
    return OutingView(said(found), words, reasons, list(_parts(told, now_ms)))


def _unheard(unit: Unit, now_ms: int) -> list[Line]:
    evening = evening_by_last_word(unit, now_ms)
    mute = Line(_UNKNOWN, "Elle ne se fait pas entendre")
    return [Line("attention", evening), mute] if evening else [mute]


def _line(reason: Reason, outing: Outing) -> Line:
    words = reason_in_french(reason, outing) or reason.why.replace("_", " ")
    return Line(KINDS[reason.level], words[:_LONGEST])


def _planned(last: Status | None, now_ms: int) -> Outing | None:
    """The next outing that a unit that is not heard was to make."""
    if last is None or last.plan is None:
        return None
    ahead = (one for one in (last.plan.today, last.plan.tomorrow) if one)
    return next((one for one in ahead if (one.departs_utc_ms or 0) > now_ms), None)


def _supposed(outing: Outing) -> str:
    return f"Personne n’a saisi de sortie{NARROW}: {outing_in_french(outing)} supposés"


def _outing(outing: Outing, now_ms: int) -> str:
    """« demain 9 h, Lycée : 12 km et 3 h »."""
    when = _when(outing.departs_utc_ms, now_ms)
    where = ", ".join(part for part in (when, outing.place[:_LONGEST]) if part)
    return f"{where}{NARROW}: {outing_in_french(outing)}" if where else outing_in_french(outing)


def _when(departs_ms: int | None, now_ms: int) -> str:
    """Empty where nothing is known of it, or it is in no calendar."""
    if departs_ms is None:
        return ""
    try:
        departs, today = local(departs_ms).date(), local(now_ms).date()
    except (ValueError, OverflowError, OSError):
        return ""
    named = {today: "aujourd’hui", today + timedelta(days=1): "demain"}
    return f"{named.get(departs, short_date(departs))} {clock(departs_ms)}"


def _parts(told: Readiness, now_ms: int) -> Iterator[Part]:
    needed = f"il en faut {measure(told.needed_wh, 'Wh')}"
    sure = "" if told.available_wh is None else f"{measure(told.available_wh, 'Wh')} sûrs, "
    yield Part("Énergie", sure + needed)
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
