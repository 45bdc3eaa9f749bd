"""The public Wi-Fi on the page « Unité »: open or closed, how many phones, and how far they get."""

from dataclasses import dataclass

from triporteur_kiosk.console.french import labelled
from triporteur_wire.french import NBSP, number, plural
from triporteur_wire.gate import GateState

_REACH = {
    "local": ("Les téléphones voient le portail et gardent leur 4G", "house"),
    "partners": ("Les téléphones voient le portail et les sites des partenaires", "check"),
    "open": ("Internet ouvert à qui le demande", "check"),
}
_LESS = {
    "uplink_lost": labelled("Internet ne répond plus", "les téléphones ne voient que le portail"),
    "budget_spent": labelled("Données du jour épuisées", "les téléphones ne voient que le portail"),
    "budget_unknown": labelled(
        "Compte des données illisible", "jusqu’à demain les téléphones ne voient que le portail"
    ),
}
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """`tone` is a class of the stylesheet, empty where all is well."""

    text: str
    pictogram: str
    tone: str = ""


_UNTIL = Line("Il se rouvre au prochain démarrage de l’unité", "retry")


@dataclass(frozen=True, slots=True)
class Hotspot:
    """`summary` is the one word beside the switch; `lines` say the rest."""

    on: bool
    summary: str
    lines: tuple[Line, ...]


def hotspot(state: GateState | None) -> Hotspot | None:
    """None where no gate says anything."""
    if state is None:
        return None
    if not state.hotspot:
        return Hotspot(on=False, summary="fermé", lines=(_UNTIL,))
    return Hotspot(on=True, summary="ouvert", lines=(_radio(state), _reach(state), *_data(state)))


def _radio(state: GateState) -> Line:
    if state.stations is None:
        return Line("Nombre de téléphones inconnu", "unknown")
    phones = plural(state.stations, "téléphone", "téléphones")
    most = number(state.most_stations)
    if state.full:
        return Line(labelled("Radio pleine", f"{phones} sur {most}"), "alert", "stop")
    return Line(f"{phones} sur {most}", "phone")


def _reach(state: GateState) -> Line:
    if state.because:
        return Line(_LESS[state.because], "alert", "wait")
    text, pictogram = _REACH[state.access]
    return Line(text, pictogram)


def _data(state: GateState) -> tuple[Line, ...]:
    """What is left of the day's budget, where there is one and something is left of it."""
    if not state.bytes_left:
        return ()
    left = f"{number(state.bytes_left // _MEGABYTE)}{NBSP}Mo"
    return (Line(f"Il reste {left} de données aujourd’hui", "cloud"),)
