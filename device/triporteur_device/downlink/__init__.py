"""What the depot gives a unit to keep: settings, and contents that something aboard shows."""

from triporteur_device.downlink.downlink import Downlink
from triporteur_device.downlink.start import settled

__all__ = ["Downlink", "settled"]
