"""The console's only way in: a Unix socket that hears a few verbs, and what they do."""

from triporteur_device.desk.clerk import Clerk
from triporteur_device.desk.desk import Desk, Question

__all__ = ["Clerk", "Desk", "Question"]
