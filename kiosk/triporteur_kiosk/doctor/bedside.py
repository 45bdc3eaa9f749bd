"""Where the doctor looks."""

from dataclasses import dataclass
from pathlib import Path

from triporteur_kiosk.gate.routes import ROUTES
from triporteur_wire.programs import Ask, asked


@dataclass(frozen=True, slots=True)
class Bedside:
    """The kernel's tree and its routes, the folder of firmware, and other programs."""

    sys: Path = Path("/sys")
    firmware: Path = Path("/lib/firmware")
    run: Path = Path("/run")
    ask: Ask = asked
    routes: Path = ROUTES
