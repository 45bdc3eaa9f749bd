"""Do the devices aboard agree with each other? Each disagreement is a measure, and hides none.

Readings in, one observation out, once a second; no clock, no line, no file.
"""

from triporteur_device.checks.checks import STALE_AFTER_MS, Checks

__all__ = ["STALE_AFTER_MS", "Checks"]
