"""How the computer aboard fares: its temperature, supply, card, and guests."""

from triporteur_device.machine.machine import STALE_AFTER_MS, Machine, sensors

__all__ = ["STALE_AFTER_MS", "Machine", "sensors"]
