"""A month that no depot heard: a riding trike's records in a journal, one log a day."""

from functools import partial
from itertools import count
from pathlib import Path

from tests.chaos.ledger import Ledger, WitnessedWriter
from triporteur_device.simulators.presets import PRESETS
from triporteur_device.simulators.trike import TrikeModel
from triporteur_wire.records import Anchor, Telemetry

_DAY_MS = 86_400_000
_STEP_S = 20
_COMMIT_RECORDS = 1000
_BEGAN_UTC_MS = 1_790_000_000_000


def fill(journal: Path, ledger: Path, days: int) -> None:
    """Every day is a boot: 8 hours out, a record every 20 s."""
    model = TrikeModel(PRESETS["on_site"].parameters, seed=5)
    write = partial(WitnessedWriter, Ledger(ledger), "FULL")
    for boot_no, day in zip(range(1, days + 1), count(), strict=False):
        with write(journal, boot_no, 0, "chaos") as log:
            log.append(0, Anchor(_BEGAN_UTC_MS + day * _DAY_MS, 20, "ntp"))
            for at_s in range(0, 8 * 3600, _STEP_S):
                model.advance(_STEP_S)
                log.append(at_s * 1000, _record(model))
                if log.buffered >= _COMMIT_RECORDS:
                    log.commit()


def _record(model: TrikeModel) -> Telemetry:
    state = model.state
    return Telemetry(
        "battery",
        {
            "pack_voltage_v": round(state.pack_voltage_v, 3),
            "current_a": round(state.current_a, 3),
            "soc_pct": round(100 * state.soc, 1),
        },
    )
