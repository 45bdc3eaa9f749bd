"""A unit under test: its status, written where its console looks."""

from pathlib import Path

import msgspec
from werkzeug.test import TestResponse

from tests.compiled import compiled_once
from triporteur_device.clock import boottime_ms
from triporteur_device.snapshot import write_snapshot
from triporteur_kiosk.console.app import create_app
from triporteur_wire.gate import STATE_NAME, GateState, encode
from triporteur_wire.messages import Delivery, Reading, SourceHealth, Status
from triporteur_wire.quantities import Value

UNIT = "bordeaux-1"
PLACE = "Bordeaux Sud"
CELLS_V = (4.012,) * 12 + (4.023,)
RESTING: dict[str, Value] = {
    "pack_voltage_v": 52.2,
    "current_a": 0.0,
    "soc_pct": 82.4,
    "remaining_ah": 32.8,
    "battery_temps_c": (14.2, 14.4),
    "cells_v": CELLS_V,
    "cycles": 312,
    "charge_fet": True,
    "discharge_fet": True,
    "alarms": (),
}
CHARGING: dict[str, Value] = {**RESTING, "current_a": 4.1}


def health(heard_age_s: float | None = 0.4, protocol: str = "jbd") -> SourceHealth:
    return SourceHealth(protocol, heard_age_s, frames=1204, refused=0, discarded={})


def delivery(*, connected: bool = True, waiting: int = 13) -> Delivery:
    return Delivery(connected, waiting, 9.0 if waiting else None, 0, {})


def status(values: dict[str, Value] | None = None, *, age_s: float = 0.4) -> Status:
    """A unit with one source, `batterie`, that gives `values`, each `age_s` old."""
    given = CHARGING if values is None else values
    return Status(
        unit=UNIT,
        place=PLACE,
        version="0.1.0",
        boot_no=12,
        mono_ms=boottime_ms(),
        utc_ms=1_795_000_000_000,
        period_s=15.0,
        readings={"batterie": {name: Reading(value, age_s) for name, value in given.items()}},
        sources={"batterie": health(age_s)},
        delivery=delivery(),
    )


def silent(heard_age_s: float | None) -> Status:
    """The unit hears nothing on its one line."""
    return msgspec.structs.replace(
        status({}), readings={"batterie": {}}, sources={"batterie": health(heard_age_s)}
    )


def two(front: dict[str, Value], rear: dict[str, Value]) -> Status:
    """A unit with two batteries."""
    given = {"avant": front, "arriere": rear}
    return msgspec.structs.replace(
        status(),
        readings={
            source: {name: Reading(value, 0.4) for name, value in values.items()}
            for source, values in given.items()
        },
        sources={source: health() for source in given},
    )


class Aboard:
    """The console of a unit whose snapshot the test writes, and whose desk it may open."""

    def __init__(self, directory: Path) -> None:
        self.snapshot = directory / "snapshot.json"
        self.desk = directory / "desk.sock"
        self.gate = directory / "gate"
        self.app = compiled_once(
            create_app(UNIT, PLACE, self.snapshot, self.desk, self.gate, shown_s=0)
        )

    def tells(self, now: Status, *, ago_s: float = 0.0) -> None:
        """Writes what the unit said `ago_s` seconds ago."""
        made_ms = boottime_ms() - int(ago_s * 1000)
        write_snapshot(self.snapshot, msgspec.structs.replace(now, mono_ms=made_ms))

    def gate_tells(self, now: GateState, *, ago_s: float = 0.0) -> None:
        """Writes what the gate said `ago_s` seconds ago."""
        self.gate.mkdir(exist_ok=True)
        made_ms = boottime_ms() - int(ago_s * 1000)
        state = msgspec.structs.replace(now, boottime_ms=made_ms)
        (self.gate / STATE_NAME).write_bytes(encode(state))

    def page(self, path: str = "/") -> str:
        answer = self.app.test_client().get(path)
        assert answer.status_code == 200
        return answer.text

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        """What a form on the page sends."""
        return self.app.test_client().post(path, data=fields)
