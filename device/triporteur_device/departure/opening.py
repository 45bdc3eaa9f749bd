"""Opens what a unit keeps of its plan and its readiness: on the card, beside the journal."""

from collections.abc import Callable
from pathlib import Path

from triporteur_device.departure.departure import Departure
from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.outings import Outings
from triporteur_device.departure.table import ReadinessTable
from triporteur_device.gpio.lamp import Pattern
from triporteur_wire.local_time import PARIS

PLAN_NAME = "plan.json"
STATE_NAME = "readiness.json"


def open_departure(
    table: ReadinessTable,
    boot_no: int,
    card: Path,
    ram: Path,
    light: Callable[[Pattern], None],
) -> tuple[Departure, Outings]:
    """`card` is the journal's folder, `ram` the snapshot's. Nothing there is a new unit."""
    outings = Outings(
        KeptFile(card / PLAN_NAME, ram / PLAN_NAME),
        boot_no,
        PARIS,
        table.departs_at,
        list(table.places.values()),
    )
    state = KeptFile(card / STATE_NAME, ram / STATE_NAME)
    return Departure(table.pack, PARIS, boot_no, state, outings, light), outings
