"""The work of the throughput benches: timestamped rows of eight quantities of a riding trike."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from triporteur_device.journal import JournalWriter
from triporteur_device.simulators.presets import PRESETS
from triporteur_device.simulators.trike import TrikeModel
from triporteur_wire.messages import Ack
from triporteur_wire.records import Telemetry

_COMMIT_RECORDS = 5000


def fill(path: Path, count: int) -> None:
    """Writes a journal with `count` rows, one a second, and closes it."""
    with JournalWriter(path, 1, 0, "bench") as journal:
        for number, row in zip(range(count), rows(), strict=False):
            journal.append(1000 * number, row)
            if journal.buffered >= _COMMIT_RECORDS:
                journal.commit()


def age(path: Path, budget_bytes: int, epoch: str) -> tuple[str, int]:
    """Makes a journal that is full of records the depot of this epoch has, as after months.

    Gives the log and its last seq, of which the depot must know.
    """
    with JournalWriter(path, 1, 0, "bench", budget_bytes) as journal:
        for number, row in enumerate(rows()):
            seq = journal.append(1000 * number, row)
            if journal.buffered >= _COMMIT_RECORDS:
                journal.commit()
                journal.acknowledge(Ack(epoch, {journal.log: seq}))
                if _forgets(path):
                    return journal.log, seq
    raise AssertionError("a day on a market has no end")


def _forgets(path: Path) -> bool:
    """Whether the journal has begun to forget: it is full."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        (forgotten,) = connection.execute("SELECT max(forgotten_to) FROM logs").fetchone()
    return bool(forgotten)


def rows() -> Iterator[Telemetry]:
    """A day on a market, a second apart, without end."""
    model = TrikeModel(PRESETS["on_site"].parameters, seed=5)
    while True:
        model.advance(1)
        state = model.state
        yield Telemetry(
            "battery",
            {
                "pack_voltage_v": round(state.pack_voltage_v, 3),
                "current_a": round(state.current_a, 3),
                "power_w": round(state.pack_voltage_v * state.current_a),
                "soc_pct": round(100 * state.soc, 1),
                "remaining_ah": round(state.remaining_ah, 2),
                "consumed_ah": round(state.consumed_ah, 3),
                "max_cell_v": round(max(state.cells_v), 3),
                "bms_temp_c": round(state.battery_temps_c[0], 1),
            },
        )
