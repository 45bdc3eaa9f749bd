"""Which device speaks on which port: listening first, asking only where the installer says so.

ports ─▶ listening ─▶ (confirmed and silent) asking ─▶ plausible? ─▶ [[source]] tables
"""

from triporteur_device.detection.candidates import Candidate, askable, listeners
from triporteur_device.detection.detecting import (
    Detector,
    Found,
    Nothing,
    OpenPort,
    Outcome,
    Unknown,
)
from triporteur_device.detection.memory import Memory
from triporteur_device.detection.ports import found_ports, stable_name
from triporteur_device.detection.tables import tables

__all__ = [
    "Candidate",
    "Detector",
    "Found",
    "Memory",
    "Nothing",
    "OpenPort",
    "Outcome",
    "Unknown",
    "askable",
    "found_ports",
    "listeners",
    "stable_name",
    "tables",
]
