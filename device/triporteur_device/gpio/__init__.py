"""Wires on the unit's pins: charger, key, team's button, wheel, lamp, supply of the phones."""

from triporteur_device.gpio.board import open_board
from triporteur_device.gpio.pins import Pins

__all__ = ["Pins", "open_board"]
