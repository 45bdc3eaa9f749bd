"""The page « Départ »: may this unit leave? A verdict, its figures, at most three reasons, and one
thing to do.

What the console cannot know is grey: no verdict is ever repeated from an earlier moment.
"""

from dataclasses import dataclass

from triporteur_kiosk.console.gauge import Gauge, gauge
from triporteur_kiosk.console.lines import HELP, Line
from triporteur_kiosk.console.outing_words import OutingWords, outing_words
from triporteur_kiosk.console.readiness_signs import LEADS, VERDICTS, WHATS, WHYS
from triporteur_kiosk.console.state import Tone, state
from triporteur_kiosk.seen import Stopped, Told, Unreadable
from triporteur_wire.french import measure
from triporteur_wire.messages import Status
from triporteur_wire.plan import is_supposed
from triporteur_wire.readiness import MAX_REASONS, Readiness, Verdict
from triporteur_wire.readiness_words import VERDICTS as WORDS
from triporteur_wire.readiness_words import (
    action_in_french,
    evening_in_french,
    reason_in_french,
)

_STOPPED = Line("Le programme qui lit la batterie ne répond pas", "alert", "wait")
_UNREADABLE = Line("La console ne peut pas lire l’état de l’unité", "alert", "wait")
_NO_VERDICT = Line("L’unité ne calcule pas de verdict", "alert", "wait")
_GIST = "On ne sait pas si vous pouvez partir"
_TONES = {Verdict.GO: "", Verdict.CAUTION: "wait", Verdict.NO_GO: "stop"}


@dataclass(frozen=True, slots=True)
class Doing:
    """The one thing to do; `leads` is the page that helps to do it, or empty."""

    text: str
    pictogram: str
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three figures: « 82 % », « charge ± 3 »."""

    figure: str
    label: str


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """`gauge`, `parts`, `doing` and `outing` are None or empty where there is no verdict, and
    `gist` says there what that means.

    `gauge` is None too while the charge is not known.
    """

    word: str
    pictogram: str
    tone: Tone
    age: str
    lines: list[Line]
    gist: str = ""
    parts: tuple[Part, ...] = ()
    gauge: Gauge | None = None
    doing: Doing | None = None
    outing: OutingWords | None = None


def readiness_page(told: Told) -> ReadinessPage:
    now = state(told)
    match told:
        case Unreadable():
            return _unknown("ÉTAT ILLISIBLE", "silent", now.age, _UNREADABLE)
        case Stopped():
            return _unknown("LECTURE ARRÊTÉE", "off", now.age, _STOPPED)
        case Status():
            if told.readiness is None:
                return _unknown("PAS DE VERDICT", "unknown", now.age, _NO_VERDICT)
            return _judged(told.readiness, told, now.age)


def _unknown(word: str, pictogram: str, age: str, line: Line) -> ReadinessPage:
    return ReadinessPage(word, pictogram, Tone.QUIET, age, [line, HELP], _GIST)


def _judged(found: Readiness, told: Status, age: str) -> ReadinessPage:
    pictogram, tone = VERDICTS[found.verdict]
    what = found.action.what
    return ReadinessPage(
        word=WORDS[found.verdict],
        pictogram=pictogram,
        tone=tone,
        age=age,
        lines=_lines(found),
        parts=_parts(found),
        gauge=gauge(found),
        doing=Doing(action_in_french(found.action), WHATS[what], LEADS.get(what, "")),
        outing=outing_words(
            found.outing, told.utc_ms, supposed=is_supposed(found.outing, told.plan)
        ),
    )


def _lines(found: Readiness) -> list[Line]:
    """What to tell of tomorrow stands first: nobody looks again before the night."""
    evening = [Line(evening_in_french(found.evening), "moon", "wait")] if found.evening else []
    reasons = [
        Line(reason_in_french(one, found.outing), WHYS[one.why], _TONES[one.level])
        for one in found.reasons
    ]
    return [*evening, *reasons][:MAX_REASONS]


def _parts(found: Readiness) -> tuple[Part, ...]:
    # Less than nothing is not left: it does not get there.
    left_pct = found.return_pct if (found.return_pct or 0.0) >= 0 else None
    return (
        Part(_percent(found.soc_pct), _doubt(found)),
        Part(_percent(found.needed_pct), "à prévoir"),
        Part(_percent(left_pct), "au retour"),
    )


def _percent(points: float | None) -> str:
    return measure(points, "%")


def _doubt(found: Readiness) -> str:
    """« charge ± 3 »: no charge is known to the point."""
    if found.soc_pct is None or found.soc_sigma_pct is None:
        return "charge"
    return f"charge ±\u00a0{max(1, round(found.soc_sigma_pct))}"
