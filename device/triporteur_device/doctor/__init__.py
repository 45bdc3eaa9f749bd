"""What can be wrong with a unit, looked at from outside: the agent goes on, nothing is changed."""

from triporteur_device.doctor.bedside import Bedside
from triporteur_device.doctor.checks import checks

__all__ = ["Bedside", "checks"]
