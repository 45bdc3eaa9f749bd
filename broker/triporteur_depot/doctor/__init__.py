"""What can be wrong with a depot, looked at from outside: nothing is stopped, nothing changed."""

from triporteur_depot.doctor.bedside import Bedside
from triporteur_depot.doctor.checks import checks

__all__ = ["Bedside", "checks"]
