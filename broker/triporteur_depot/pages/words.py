"""French for what devices, the agent aboard and the ingest say; unknown words stay, quoted."""

from triporteur_wire.alarms import Alarm, in_french
from triporteur_wire.french import NARROW, NBSP, measure, number
from triporteur_wire.readiness import Readiness, Verdict
from triporteur_wire.readiness_words import VERDICTS, reason_in_french
from triporteur_wire.records import Event, Foretold

_EVENTS = {
    "source_heard": "répond",
    "source_silent": "ne répond plus",
    "key_on": "clé de contact mise",
    "key_off": "clé de contact coupée",
    "journal_set_aside": "journal à bord endommagé, mis de côté",
}
#: By verdict, what the style sheet and the pictograms call it.
VERDICT_KINDS = {Verdict.GO: "ready", Verdict.CAUTION: "attention", Verdict.NO_GO: "repair"}
_LOSSES = {
    "not said": "raison non dite",
    "journal damaged": "journal endommagé",
    "the storage refused to write": "carte qui n’écrit plus",
    "storage full": "carte pleine",
    "the card had kept it, and lost it again": "carte qui perd ce qu’elle gardait",
    "unreadable, and dropped for later ones": "illisible au dépôt, effacé pour de plus récents",
    "storage full: one record in ten kept": "carte pleine, un relevé sur dix gardé",
    "acknowledged to an earlier depot, then forgotten": "remis à un dépôt d’avant, puis effacé",
}


def event(said: Event) -> str:
    """What happened, and to which source."""
    source = quoted(said.source) if said.source else ""
    parts = [source, _EVENTS.get(said.name, said.name.replace("_", " "))]
    sentence = " ".join(part for part in parts if part)
    return f"{sentence} ({said.detail})" if said.detail else sentence


def judged(told: Readiness | Foretold) -> tuple[str, str]:
    """A pictogram and a line: a verdict that changed, or what a way took beside its forecast."""
    if isinstance(told, Foretold):
        used = f"{measure(told.used_wh, 'Wh')} (prévu{NBSP}{number(told.foreseen_wh)})"
        return "riding", f"Sortie faite{NARROW}: {measure(told.km, 'km', 1)}, {used}"
    return VERDICT_KINDS[told.verdict], f"{VERDICTS[told.verdict]}{NARROW}: {_why(told)}"


def _why(told: Readiness) -> str:
    if told.verdict is Verdict.GO or not told.reasons:
        charge, needed = (measure(figure, "%") for figure in (told.soc_pct, told.needed_pct))
        return f"charge {charge}, il en faut {needed}"
    worst = reason_in_french(told.reasons[0], told.outing)
    return worst[:1].lower() + worst[1:]


def loss(reason: str) -> str:
    """Why records will never arrive."""
    return _LOSSES.get(reason, quoted(reason))


def alarm(word: str) -> str:
    return in_french(word) if word in set(Alarm) else f"alarme {quoted(word)}"


def fault(word: str) -> str:
    """A fault of a motor's controller: each maker has words of its own."""
    return in_french(word) if word in set(Alarm) else f"défaut {quoted(word)}"


def quoted(text: str) -> str:
    return f"«{NBSP}{text}{NBSP}»"
