"""What a status says of the battery, judged over every source: of two, the worse counts."""

from dataclasses import dataclass
from enum import StrEnum

from triporteur_wire.messages import Reading, Status

#: Common boards read 0 below 0.3-0.5 A (JBD; telemetry notes of xiaoxiang and batmon users), and a
#: parked unit draws about 0.2 A: between the two, a battery is at rest.
REST_CURRENT_A = 0.3
#: What a controller says when nothing is wrong.
_NO_FAULT = frozenset({"", "none", "ok"})


class Flow(StrEnum):
    CHARGING = "charging"
    RESTING = "resting"
    DISCHARGING = "discharging"


def flow(current_a: float) -> Flow:
    """What the battery does, from its current (positive into the battery)."""
    if current_a > REST_CURRENT_A:
        return Flow.CHARGING
    if current_a < -REST_CURRENT_A:
        return Flow.DISCHARGING
    return Flow.RESTING


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery at one instant. None, or an empty tuple, is: no source says.

    `charge_pct` is the lowest that any source gives, rounded down: no one leaves on a percent that
    is not there. `spread_mv` is highest cell less lowest, of the source where it is greatest.
    `cut` and `refuses_charge` say that a source has switched its output, or its charging, off.
    """

    charge_pct: int | None
    voltage_v: float | None
    current_a: float | None
    temps_c: tuple[float, ...]
    spread_mv: float | None
    alarms: tuple[str, ...]
    faults: tuple[str, ...]
    cut: bool
    refuses_charge: bool

    @property
    def flow(self) -> Flow | None:
        return None if self.current_a is None else flow(self.current_a)

    @property
    def resting_spread_mv(self) -> float | None:
        """The spread of a battery known to rest: a load parts sound cells too."""
        return self.spread_mv if self.flow is Flow.RESTING else None

    @property
    def is_silent(self) -> bool:
        """Whether no source gives its charge or its voltage."""
        return self.charge_pct is None and self.voltage_v is None


def battery(status: Status) -> Battery:
    """Reads the battery out of a status."""
    charges = _numbers(status, "soc_pct")
    return Battery(
        charge_pct=int(min(charges)) if charges else None,
        voltage_v=status.number("pack_voltage_v"),
        current_a=status.number("current_a"),
        temps_c=tuple(_numbers(status, "battery_temps_c")),
        spread_mv=max(_spreads_mv(status), default=None),
        alarms=tuple(sorted(set(_words(status, "alarms")))),
        faults=tuple(sorted(set(_words(status, "fault")) - _NO_FAULT)),
        cut=_is_off(status, "discharge_fet"),
        refuses_charge=_is_off(status, "charge_fet"),
    )


def _spreads_mv(status: Status) -> list[float]:
    by_source = [
        (max(cells) - min(cells)) * 1000
        for told in status.every("cells_v")
        if (cells := [item for item in _items(told) if not isinstance(item, str)])
    ]
    high, low = status.number("max_cell_v"), status.number("min_cell_v")
    return by_source if high is None or low is None else [*by_source, (high - low) * 1000]


def _numbers(status: Status, quantity: str) -> list[float]:
    """Every number of every source, the items of lists one by one."""
    items = [item for told in status.every(quantity) for item in _items(told)]
    return [item for item in items if not isinstance(item, str)]


def _words(status: Status, quantity: str) -> list[str]:
    items = [item for told in status.every(quantity) for item in _items(told)]
    return [item for item in items if isinstance(item, str)]


def _items(told: Reading) -> tuple[float | str, ...]:
    return told.value if isinstance(told.value, tuple) else (told.value,)


def _is_off(status: Status, switch: str) -> bool:
    return any(told.value is False for told in status.every(switch))
