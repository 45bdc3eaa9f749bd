"""May we leave? Feeds the readiness room, keeps what it learnt and the plan, and tells the team."""

from triporteur_device.departure.departure import Departure
from triporteur_device.departure.opening import open_departure
from triporteur_device.departure.outings import Outings
from triporteur_device.departure.signal import Pressed
from triporteur_device.departure.table import ReadinessTable

__all__ = ["Departure", "Outings", "Pressed", "ReadinessTable", "open_departure"]
