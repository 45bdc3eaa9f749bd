"""What the gate tells everybody, read by the other processes aboard; None while no gate says so."""

from collections.abc import Callable
from pathlib import Path

from triporteur_kiosk.clock import boottime_ms
from triporteur_wire.gate import STATE_NAME, GateState, decode_state
from triporteur_wire.reading import Unreadable

#: A state is written anew each second: older than this, nobody holds the gate.
STALE_AFTER_MS = 10_000


def read_state(folder: Path, now_ms: Callable[[], int] = boottime_ms) -> GateState | None:
    """What stands in the gate's folder, unless it is old."""
    try:
        state = decode_state((folder / STATE_NAME).read_bytes())
    except (OSError, Unreadable):
        return None
    return state if 0 <= now_ms() - state.boottime_ms <= STALE_AFTER_MS else None
