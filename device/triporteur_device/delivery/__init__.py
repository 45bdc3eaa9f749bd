"""Delivery: what the journals hold beyond the depot's mark goes out, until the mark passes it."""

from triporteur_device.delivery.connection import Broker
from triporteur_device.delivery.downstream import Delivered
from triporteur_device.delivery.publisher import Publisher

__all__ = ["Broker", "Delivered", "Publisher"]
