"""What needs someone, in words: a few for the glance, a sentence for the lines below it."""

from triporteur_kiosk.console.french import capital, labelled
from triporteur_wire.alarms import in_french
from triporteur_wire.concerns import Concern, Kind, Level
from triporteur_wire.french import duration, measure
from triporteur_wire.hearing import FROZEN
from triporteur_wire.messages import Status
from triporteur_wire.origins import source_in_french

#: By kind, the words and the pictogram of the glance.
_IN_SHORT = {
    Kind.ALARM: ("Alarme", "alert"),
    Kind.FAULT: ("Panne du moteur", "alert"),
    Kind.CUT: ("Sortie coupée", "off"),
    Kind.WEAK_CELL: ("Cellule faible", "alert"),
    Kind.SILENT: ("Un appareil muet", "silent"),
    Kind.STUCK: ("Mesures figées", "alert"),
    Kind.LOW_CHARGE: ("Charge basse", "battery"),
    Kind.UNEVEN_CELLS: ("Cellules inégales", "alert"),
    Kind.COLD: ("Trop froide", "thermometer"),
    Kind.HOT: ("Trop chaude", "thermometer"),
    Kind.REFUSES_CHARGE: ("Charge refusée", "alert"),
    Kind.CELLS_DISAGREE: ("Mesure douteuse", "alert"),
    Kind.CHARGES_DISAGREE: ("Charge douteuse", "alert"),
    Kind.ENERGIES_DISAGREE: ("Mesure douteuse", "alert"),
    Kind.STORAGE: ("Carte en panne", "alert"),
}


def in_short(concern: Concern) -> tuple[str, str]:
    """Words and pictogram for the glance."""
    if concern.kind is Kind.ALARM and concern.level is Level.ATTENTION:
        return "À vérifier", "alert"
    if concern.kind is Kind.SILENT and len(concern.words) > 1:
        return "Appareils muets", "silent"
    return _IN_SHORT[concern.kind]


def sentences(concern: Concern, status: Status) -> list[str]:
    """What the lines say of it; nothing of a low charge, which stands above them in large."""
    match concern.kind:
        case Kind.ALARM:
            return [capital(_listed(concern))]
        case Kind.FAULT:
            return [labelled("Panne du moteur", _listed(concern))]
        case Kind.CUT:
            return ["La batterie a coupé sa sortie"]
        case Kind.WEAK_CELL | Kind.UNEVEN_CELLS:
            return [labelled(_IN_SHORT[concern.kind][0], f"écart de {_in(concern, 'mV')}")]
        case Kind.SILENT:
            return [_silence(name, status) for name in concern.words]
        case Kind.STUCK:
            return [labelled(capital(name), FROZEN) for name in concern.words]
        case Kind.COLD:
            return [_cold(concern.number)]
        case Kind.HOT:
            return [labelled("Batterie trop chaude", _in(concern, "°C"))]
        case Kind.REFUSES_CHARGE:
            return ["La batterie n’accepte pas de charge"]
        case Kind.CELLS_DISAGREE:
            return [labelled("Tension des cellules et de la batterie", _apart(concern, "%"))]
        case Kind.CHARGES_DISAGREE:
            return [
                labelled(
                    "Deux appareils annoncent des charges différentes", _apart(concern, "points")
                )
            ]
        case Kind.ENERGIES_DISAGREE:
            return [
                labelled("Énergie comptée par la batterie et par le moteur", _apart(concern, "%"))
            ]
        case Kind.STORAGE:
            return ["La carte mémoire refuse d’écrire"]
        case Kind.LOW_CHARGE:
            return []


def _listed(concern: Concern) -> str:
    return ", ".join(sorted(map(in_french, concern.words)))


def _in(concern: Concern, unit: str) -> str:
    return measure(concern.number, unit)


def _apart(concern: Concern, unit: str) -> str:
    return f"{measure(abs(concern.number), unit)} d’écart"


def _cold(coldest_c: float) -> str:
    # « 0 °C : trop froid » would puzzle.
    decimals = 0 if round(coldest_c) else 1
    coldest = measure(coldest_c, "°C", decimals)
    return labelled(f"Batterie à {coldest}", "trop froid pour charger")


def _silence(source: str, status: Status) -> str:
    heard_age_s = status.sources[source].heard_age_s
    since = "jusqu’ici" if heard_age_s is None else f"depuis {duration(heard_age_s)}"
    return labelled(capital(source_in_french(source)), f"rien reçu {since}")
