"""What there is to say about the battery, in short lines, the most pressing first."""

from collections.abc import Iterator
from dataclasses import dataclass

from triporteur_kiosk.console.complaints import in_short, sentences
from triporteur_kiosk.console.french import span
from triporteur_wire.battery import Battery, Flow, battery
from triporteur_wire.concerns import COLD_C, HOT_C, SPREAD_WATCH_MV, Level, concerns
from triporteur_wire.french import measure
from triporteur_wire.messages import Status

_MOST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence and its pictogram; `tone` is "stop", "wait" or, for a plain fact, ""."""

    text: str
    pictogram: str
    tone: str = ""


#: Where the console itself knows no more.
HELP = Line("Si cela dure, prévenez la maintenance", "wrench")


def lines(status: Status) -> list[Line]:
    """What needs someone, then what is so; a few at most."""
    return [*_warnings(status), *_facts(battery(status))][:_MOST]


def warnings(status: Status) -> list[Line]:
    """Only what needs someone; a few at most."""
    return list(_warnings(status))[:_MOST]


def _warnings(status: Status) -> Iterator[Line]:
    for concern in concerns(status):
        tone = "stop" if concern.level is Level.REPAIR else "wait"
        _, pictogram = in_short(concern)
        for sentence in sentences(concern, status):
            yield Line(sentence, pictogram, tone)


def _facts(judged: Battery) -> Iterator[Line]:
    yield from _current(judged)
    if judged.temps_c and min(judged.temps_c) >= COLD_C and max(judged.temps_c) <= HOT_C:
        warmth = span(judged.temps_c, "°C")
        yield Line(f"Batterie {'de' if ' à ' in warmth else 'à'} {warmth}", "thermometer")
    spread_mv = judged.resting_spread_mv
    if spread_mv is not None and spread_mv < SPREAD_WATCH_MV:
        yield Line(f"Cellules équilibrées ({measure(spread_mv, 'mV')})", "check")


def _current(judged: Battery) -> Iterator[Line]:
    if judged.current_a is None:
        yield Line("On ne sait pas si elle charge ou se vide", "silent", "wait")
    elif judged.flow is not Flow.RESTING:
        verb, pictogram = ("Se charge à", "plug") if judged.current_a > 0 else ("Fournit", "bolt")
        yield Line(f"{verb} {measure(abs(judged.current_a), 'A', 1)}", pictogram)
