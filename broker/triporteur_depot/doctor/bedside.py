"""Where the doctor looks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from triporteur_depot.clock import Machine, this_machine
from triporteur_wire.programs import Ask, asked


@dataclass(frozen=True, slots=True)
class Bedside:
    """The instant, what the machine says of its clock, the kernel's tree, and other programs."""

    now_ms: int
    machine: Callable[[], Machine] = this_machine
    proc: Path = Path("/proc")
    run: Path = Path("/run")
    ask: Ask = asked
