"""Why somebody is not welcomed, in words for a visitor, and what to do instead."""

from triporteur_kiosk.gate.keeper.modes import Held

STRANGER = (
    "Votre téléphone n’est pas reconnu sur ce Wi-Fi\u202f: quittez-le, revenez, puis réessayez."
)
FULL = "Toutes les places sont prises\u202f: réessayez dans quelques minutes."
OWN_SHARE_USED = (
    "Ce téléphone a eu sa part de données pour aujourd’hui. Il y en aura de nouveau demain."
)
NOT_YET = "Le triporteur ne sait pas encore l’heure\u202f: réessayez dans quelques minutes."
ALL_PROMISED = (
    "Les données d’aujourd’hui sont déjà partagées entre les autres\u202f: "
    "réessayez dans quelques minutes."
)
_SPENT = (
    "Les données du triporteur sont finies pour aujourd’hui. "
    "Votre téléphone peut utiliser les siennes."
)
#: Why there is no welcome, by what holds instead.
_NOT_OPEN = {
    None: "Ici, votre téléphone garde son Internet à lui\u202f: ce Wi-Fi montre cette page.",
    "uplink_lost": (
        "Le triporteur n’a pas Internet en ce moment. Votre téléphone peut utiliser le sien."
    ),
    "budget_spent": _SPENT,
    "budget_unknown": _SPENT,
}
_PARTNERS_ONLY = "Ce Wi-Fi ouvre les sites des partenaires, et rien d’autre d’Internet."
_CLOSED = "Le Wi-Fi du triporteur est fermé."


def why_not(held: Held, *, hotspot: bool) -> str:
    """Where the Internet is not open to whoever asks."""
    if not hotspot:
        return _CLOSED
    return _PARTNERS_ONLY if held.access == "partners" else _NOT_OPEN[held.because]
