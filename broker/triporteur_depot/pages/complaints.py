"""French for what needs someone: one sentence a concern, and one for each silent source."""

from collections.abc import Iterator
from typing import assert_never

from triporteur_depot.pages import words
from triporteur_wire.battery import battery
from triporteur_wire.concerns import Concern, Kind
from triporteur_wire.french import NARROW, duration, measure
from triporteur_wire.hearing import FROZEN
from triporteur_wire.messages import Status
from triporteur_wire.origins import source_in_french


def complaints(concern: Concern, status: Status, heard_ago_s: float) -> Iterator[str]:
    """The sentences of one concern about a status that was heard so many seconds ago."""
    match concern.kind:
        case Kind.ALARM:
            yield _about("Batterie", ", ".join(map(words.alarm, concern.words)))
        case Kind.FAULT:
            yield _about("Moteur", ", ".join(map(words.fault, concern.words)))
        case Kind.CUT:
            yield "La batterie a coupé sa sortie"
        case Kind.REFUSES_CHARGE:
            yield "La batterie n’accepte pas de charge"
        case Kind.WEAK_CELL:
            yield _about("Cellule faible", f"écart de {measure(concern.number, 'mV')}")
        case Kind.UNEVEN_CELLS:
            yield _about("Cellules inégales", f"écart de {measure(concern.number, 'mV')}")
        case Kind.LOW_CHARGE:
            yield "Charge basse" if _flow_unknown(status) else "Charge basse, ne se charge pas"
        case Kind.COLD:
            yield _about("Batterie froide", _degrees(concern.number))
        case Kind.HOT:
            yield _about("Batterie chaude", _degrees(concern.number))
        case Kind.CELLS_DISAGREE:
            yield _about("Tension des cellules et de la batterie", _apart(concern, "%"))
        case Kind.CHARGES_DISAGREE:
            yield _about(
                "Deux appareils annoncent des charges différentes", _apart(concern, "points")
            )
        case Kind.ENERGIES_DISAGREE:
            yield _about("Énergie comptée par la batterie et par le moteur", _apart(concern, "%"))
        case Kind.STORAGE:
            yield "Carte mémoire en panne : mesures non gardées à bord"
        case Kind.SILENT if battery(status).is_silent:
            yield _silent_battery(concern.words, status, heard_ago_s)
        case Kind.SILENT:
            for source in concern.words:
                since = _since(source, status, heard_ago_s)
                yield _about(source_in_french(source), f"rien reçu {since}")
        case Kind.STUCK:
            for source in concern.words:
                yield _about(source_in_french(source), FROZEN)
        case _:
            assert_never(concern.kind)


def _silent_battery(sources: tuple[str, ...], status: Status, heard_ago_s: float) -> str:
    """Since when, by the line that fell silent last."""
    ages = [age_s for source in sources if (age_s := _age_s(source, status)) is not None]
    if not ages:
        return "Batterie jamais entendue"
    return f"Batterie muette depuis {duration(min(ages) + heard_ago_s)}"


def _since(source: str, status: Status, heard_ago_s: float) -> str:
    age_s = _age_s(source, status)
    return "jusqu’ici" if age_s is None else f"depuis {duration(age_s + heard_ago_s)}"


def _age_s(source: str, status: Status) -> float | None:
    return status.sources[source].heard_age_s


def _flow_unknown(status: Status) -> bool:
    return battery(status).flow is None


def _apart(concern: Concern, unit: str) -> str:
    return f"{measure(abs(concern.number), unit)} d’écart"


def _degrees(celsius: float) -> str:
    # « froide : 0 °C » would puzzle.
    return measure(celsius, "°C", 0 if round(celsius) else 1)


def _about(what: str, text: str) -> str:
    return f"{what}{NARROW}: {text}"
