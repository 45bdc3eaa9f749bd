"""Delivery: what the journal holds beyond the depot's mark goes out, until the mark passes it."""

from triporteur_device.delivery.publisher import Broker, Publisher

__all__ = ["Broker", "Publisher"]
