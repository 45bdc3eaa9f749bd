"""Delivery: what the journals hold beyond the depot's mark goes out, until the mark passes it."""

from triporteur_device.delivery.connection import Broker
from triporteur_device.delivery.publisher import Delivered, Publisher

__all__ = ["Broker", "Delivered", "Publisher"]
