"""French for what a unit itself needs: a sentence each."""

from typing import assert_never

from triporteur_wire.french import NARROW, measure
from triporteur_wire.release_words import outcome_in_french
from triporteur_wire.upkeep import Need, Needed, Remedy


def upkeep_words(needed: Needed) -> str:
    match needed.need:
        case Need.CERTIFICATE if needed.number < 1:
            return "Certificat arrivé à échéance"
        case Need.CERTIFICATE:
            return f"Certificat non renouvelé{NARROW}: encore {measure(needed.number, 'jours')}"
        case Need.CARD:
            return f"Carte mémoire presque pleine{NARROW}: {measure(needed.number, 'Mo')} libres"
        case Need.LINK:
            return (
                f"Forfait du mois épuisé ({measure(needed.number, 'Mo')}){NARROW}: envois suspendus"
            )
        case Need.REFUSED:
            return f"Envoi du dépôt refusé{NARROW}: {', '.join(map(_parcel, needed.words))}"
        case Need.RELEASE:
            version, outcome, remedy = needed.words
            if remedy == Remedy.SEND:
                return f"Mise à jour {version} introuvable au dépôt{NARROW}: à renvoyer"
            return f"Mise à jour {version} {outcome_in_french(outcome)}"
        case _:
            assert_never(needed.need)


def _parcel(channel: str) -> str:
    return "réglages" if channel == "settings" else f"contenu {channel.rpartition('/')[2]}"
