"""How well the unit foretells, in one plain sentence."""

from triporteur_kiosk.console.french import neat
from triporteur_wire.french import NARROW, NBSP, measure
from triporteur_wire.readiness import Calibration

_NONE = f"Pas encore de trajet mesuré{NARROW}: les prévisions sont celles d’un triporteur moyen."


def calibration_in_french(calibration: Calibration | None) -> str:
    """None is: no ride was measured yet."""
    if calibration is None:
        return _NONE
    last = (
        f"{neat(calibration.last_km)}{NBSP}km, "
        f"{measure(calibration.last_foreseen_wh, 'Wh')} prévus et "
        f"{measure(calibration.last_used_wh, 'Wh')} utilisés."
    )
    if calibration.rides == 1:
        return f"Un seul trajet mesuré{NARROW}: {last}"
    return (
        f"Sur les {calibration.rides}{NBSP}derniers trajets, l’énergie prévue était juste à "
        f"{measure(calibration.error_pct, '%')} près{NARROW}; au dernier, {last}"
    )
