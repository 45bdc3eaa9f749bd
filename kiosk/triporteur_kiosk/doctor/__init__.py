"""What can be wrong with the kiosk, looked at from outside: nothing is stopped, nothing changed."""

from triporteur_kiosk.doctor.bedside import Bedside
from triporteur_kiosk.doctor.checks import checks

__all__ = ["Bedside", "checks"]
