"""One instant as the readiness room sees it, picked from every source's fresh values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triporteur_wire.alarms import Alarm
from triporteur_wire.messages import Reading

#: Who gives one of these measures his own current: a motor's controller, a solar charger.
_OF_OTHERS = frozenset({"input_voltage_v", "panel_voltage_v"})
#: What a battery's charge is counted by.
_COUNTED = frozenset({"pack_voltage_v", "current_a"})
#: An older value is of another moment, however patient the configuration is with its source.
FRESH_S = 10.0
#: What a controller says when nothing is wrong.
_NO_FAULT = frozenset({"", "none", "ok"})
#: Alarms that a device raises at a limit someone set in it: to be looked at, not repaired.
_WARNINGS = frozenset({Alarm.LOW_SOC, Alarm.LOW_AUX_VOLTAGE, Alarm.HIGH_AUX_VOLTAGE})

Values = Mapping[str, Reading]


@dataclass(frozen=True, slots=True)
class Sample:
    """What is true at `mono_ms` since the boot numbered `boot_no`. None is: nobody says.

    `current_a` is positive into the battery; `battery_age_s` is the age of the older of it and the
    voltage. `has_dead_band`: the current is a board's, that reads 0 for what the unit itself draws.
    `soc_pct` is the first charge that a battery's source announces, `soc_gap` what separates the
    highest from the lowest. `soc_by` and `distance_by` name whose figure that is: of two sources
    the difference tells nothing. `silent` names sources that give nothing, `given` the quantities
    heard from any. `refused_ratio` is the share of refused frames on the worst line.
    """

    mono_ms: int
    boot_no: int = 0
    utc_ms: int | None = None
    voltage_v: float | None = None
    current_a: float | None = None
    battery_age_s: float = 0.0
    has_dead_band: bool = True
    soc_pct: float | None = None
    soc_by: str | None = None
    soc_gap: float | None = None
    cells_v: tuple[float, ...] = ()
    temps_c: tuple[float, ...] = ()
    alarms: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    faults: tuple[str, ...] | None = None
    discharge_on: bool | None = None
    charger_plugged: bool | None = None
    key_on: bool | None = None
    distance_m: float | None = None
    distance_by: str | None = None
    speed_kmh: float | None = None
    cells_gap_pct: float | None = None
    energy_gap_pct: float | None = None
    refused_ratio: float | None = None
    silent: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()


def sampled(
    readings: Mapping[str, Values],
    mono_ms: int,
    boot_no: int,
    utc_ms: int | None,
    silent: Sequence[str] = (),
    refused_ratio: float | None = None,
) -> Sample:
    """Reads a sample out of the live values; `utc_ms` is None while the time is not known.

    `silent` names the lines that should give something and do not, and `refused_ratio` is the
    share of refused frames on the worst of them: both are known to the status only.
    """
    fresh = {name: _fresh(values) for name, values in readings.items()}
    battery = _battery(fresh)
    charges = [
        (name, float(_number(values, "soc_pct") or 0.0))
        for name, values in _batteries(fresh)
        if "soc_pct" in values
    ]
    soc_by, soc_pct = charges[0] if charges else (None, None)
    told_pct = [each for _, each in charges]
    alarms = _words(fresh, "alarms")
    faults = _words(fresh, "fault")
    distance_by, distance_m = next(_told(fresh, "distance_m"), (None, None))
    return Sample(
        mono_ms,
        boot_no,
        utc_ms,
        voltage_v=_number(battery, "pack_voltage_v"),
        current_a=_number(battery, "current_a"),
        battery_age_s=max((battery[name].age_s for name in _COUNTED & battery.keys()), default=0.0),
        has_dead_band="consumed_ah" not in battery,
        soc_pct=soc_pct,
        soc_by=soc_by,
        soc_gap=max(told_pct) - min(told_pct) if len(told_pct) > 1 else None,
        cells_v=_cells(fresh),
        temps_c=tuple(_numbers(fresh, "battery_temps_c")),
        alarms=None if alarms is None else tuple(sorted(alarms - _WARNINGS)),
        warnings=None if alarms is None else tuple(sorted(alarms & _WARNINGS)),
        faults=None if faults is None else tuple(sorted(faults - _NO_FAULT)),
        discharge_on=_flag(fresh, "discharge_fet", worst=False),
        charger_plugged=_flag(fresh, "charger_plugged", worst=True),
        key_on=_flag(fresh, "key_on", worst=True),
        distance_m=distance_m,
        distance_by=distance_by,
        speed_kmh=_first(fresh, "speed_kmh"),
        cells_gap_pct=_first(fresh, "cells_gap_pct"),
        energy_gap_pct=_first(fresh, "energy_gap_pct"),
        refused_ratio=refused_ratio,
        silent=tuple(silent),
        given=frozenset(name for values in fresh.values() for name in values),
    )


def _fresh(values: Values) -> Values:
    return {name: told for name, told in values.items() if told.age_s <= FRESH_S}


def _batteries(fresh: Mapping[str, Values]) -> Iterator[tuple[str, Values]]:
    """Sources that watch the whole battery."""
    for name, values in fresh.items():
        if "pack_voltage_v" in values and _OF_OTHERS.isdisjoint(values):
            yield name, values


def _battery(fresh: Mapping[str, Values]) -> Values:
    """The source to count by: a shunt, which has no dead-band, before a board."""
    counting = [values for _, values in _batteries(fresh) if "current_a" in values]
    shunts = [values for values in counting if "consumed_ah" in values]
    return next(iter([*shunts, *counting]), {})


def _cells(fresh: Mapping[str, Values]) -> tuple[float, ...]:
    """Those of the source that parts them most: of two, the worse counts."""
    every = [cells for values in fresh.values() if (cells := tuple(_items(values.get("cells_v"))))]
    if every:
        return max(every, key=lambda cells: max(cells) - min(cells))
    low, high = _first(fresh, "min_cell_v"), _first(fresh, "max_cell_v")
    return () if low is None or high is None else (low, high)


def _number(values: Values, quantity: str) -> float | None:
    told = values.get(quantity)
    return None if told is None or isinstance(told.value, str | tuple) else float(told.value)


def _first(fresh: Mapping[str, Values], quantity: str) -> float | None:
    return next((number for _, number in _told(fresh, quantity)), None)


def _told(fresh: Mapping[str, Values], quantity: str) -> Iterator[tuple[str, float]]:
    """By whom, and what."""
    for name, values in fresh.items():
        number = _number(values, quantity)
        if number is not None:
            yield name, number


def _items(told: Reading | None) -> list[float]:
    if told is None or not isinstance(told.value, tuple):
        return []
    return [item for item in told.value if not isinstance(item, str)]


def _numbers(fresh: Mapping[str, Values], quantity: str) -> list[float]:
    return [item for values in fresh.values() for item in _items(values.get(quantity))]


def _words(fresh: Mapping[str, Values], quantity: str) -> set[str] | None:
    """Every word of every source; None when none speaks of it."""
    told = [values[quantity].value for values in fresh.values() if quantity in values]
    words = (value if isinstance(value, tuple) else (value,) for value in told)
    return {str(word) for group in words for word in group} if told else None


def _flag(fresh: Mapping[str, Values], quantity: str, *, worst: bool) -> bool | None:
    flags = [bool(values[quantity].value) for values in fresh.values() if quantity in values]
    return (worst if worst in flags else not worst) if flags else None
