"""Recordings of a line with their provenance: what makes a workshop's bytes into a test."""

from triporteur_device.capture.counting import Counted, recount
from triporteur_device.capture.provenance import (
    BadProvenance,
    Provenance,
    beside,
    digest,
    exchanges,
    read_provenance,
    write_provenance,
)
from triporteur_device.capture.tap import Tap

__all__ = [
    "BadProvenance",
    "Counted",
    "Provenance",
    "Tap",
    "beside",
    "digest",
    "exchanges",
    "read_provenance",
    "recount",
    "write_provenance",
]
