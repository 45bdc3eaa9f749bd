"""A day in words, newest first; or a week, day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import floor

from triporteur_depot.charted import CHARGE
from triporteur_depot.pages import words
from triporteur_depot.pages.activity import PHASE
from triporteur_depot.pages.curves import Trace
from triporteur_depot.pages.days import Window, days_of, days_window
from triporteur_depot.pages.french import clock, long_date, percent
from triporteur_depot.pages.history import Happening, Judged
from triporteur_depot.pages.past import Past
from triporteur_depot.pages.period import Period
from triporteur_depot.pages.phases import Phase
from triporteur_wire.french import NARROW, plural

#: More events than this between two phases are told as one line.
_CROWD = 5
#: A phase that ended this close to now still goes on.
_STILL_MS = 120_000

_Told = Phase | Happening | Judged


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, what. `icon` names a pictogram; `day` is where the line leads, if it does."""

    when: str
    icon: str
    what: str
    day: date | None = None


def diary(past: Past, period: Period, now_ms: int | None) -> list[Entry]:
    """The lines, newest first. `now_ms` is None for a unit that is not heard now."""
    if period.is_week:
        return list(_days(past))
    happened: list[_Told] = sorted([*past.phases, *past.events, *past.judged], key=_instant_ms)
    entries: list[Entry] = []
    for kind, group in groupby(happened, type):
        if kind is Happening:
            entries += _events([each for each in group if isinstance(each, Happening)])
        else:
            entries += [_line(each, past, now_ms) for each in group]
    return entries[::-1]


def _line(each: _Told, past: Past, now_ms: int | None) -> Entry:
    match each:
        case Phase():
            return _phase(each, past, now_ms)
        case Judged():
            return Entry(clock(each.utc_ms), *words.judged(each.told))
        case Happening():
            return Entry(clock(each.utc_ms), "event", _sentence(words.event(each.event)))


def _instant_ms(each: _Told) -> int:
    return each.start_ms if isinstance(each, Phase) else each.utc_ms


def _events(found: Sequence[Happening]) -> list[Entry]:
    """One line an event; one line for a crowd."""
    said = [
        Entry(clock(each.utc_ms), "event", _sentence(words.event(each.event))) for each in found
    ]
    if len(said) <= _CROWD:
        return said
    first, last = said[0].when, said[-1].when
    when = first if first == last else f"{first} – {last}"
    many = plural(len(said), "événement", "événements")
    what = f"{many}, le dernier{NARROW}: {words.event(found[-1].event)}"
    return [Entry(when, "event", what)]


def _phase(phase: Phase, past: Past, now_ms: int | None) -> Entry:
    what = _sentence(PHASE[phase.activity]) + _charge_change(phase, past.charge)
    return Entry(_when(phase, past.window, now_ms), phase.activity, what)


def _when(phase: Phase, day: Window, now_ms: int | None) -> str:
    """« 9 h 28 – 9 h 55 », « 17 h – maintenant », « 22 h – minuit », « Toute la journée »."""
    if (phase.start_ms, phase.end_ms) == (day.start_ms, day.end_ms):
        return "Toute la journée"
    if now_ms is not None and now_ms - phase.end_ms <= _STILL_MS:
        end = "maintenant"
    else:
        end = "minuit" if phase.end_ms == day.end_ms else clock(phase.end_ms)
    return f"{clock(phase.start_ms)} – {end}"


def _charge_change(phase: Phase, charge: Trace) -> str:
    """« , −6 % », or nothing when the charge is unknown or has not moved."""
    known = charge.ends(phase.start_ms, phase.end_ms)
    if known is None:
        return ""
    before, after = known
    change = round(after - before)
    return f", {percent(change, signed=True)}" if change else ""


def _days(past: Past) -> Iterator[Entry]:
    for day in reversed(days_of(past.window)):
        window = days_window(day, 1)
        known = [
            column
            for index, column in enumerate(past.columns[CHARGE])
            if column
            and window.start_ms <= past.window.start_ms + index * past.width_ms < window.end_ms
        ]
        if known:
            low = floor(min(column.low for column in known))
            what = f"charge de {low} à {percent(max(column.high for column in known))}"
        else:
            what = "charge inconnue"
        yield Entry(long_date(day), "day", what, day)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
