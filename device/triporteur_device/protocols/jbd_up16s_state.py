"""The state of the pack, as JBD's UP boards tell it: the payload of `jbd_up16s` from 1000.

Sources: as `jbd_up16s`. One letter is one nibble; big endian throughout:

    VVVV xxxx IIIIIIII QQQQ RRRR GGGG NNNN MMMM AAAA oooo HHHH FFFFFFFF WWWWWWWW
    ssss kkkk YYYY  nnnn hhhh nnnn llll aaaa  nnnn tttt nnnn tttt tttt  vvvv iiii uuuu dddd
    cccc UUUU..UUUU pppp TTTT..TTTT xxxx bbbb ffff ZZ..ZZ  xx..xx

- V: pack voltage, 10 mV. I: current, 10 mA, 300000 being none, above it charging.
- Q: charge, 0.01 %. R: remaining, G: full, N: nominal capacity, 10 mAh. Y: cycles. H: health, %.
- M: the switches, A: around, T: one of p probes, 0.1 °C, 0 °C being 500. U: one of c cells, mV.
- F: protections, W: warnings before them: see `jbd_up16s_alarms`. s: switches, bit 0 discharge, bit
  1 charge.
- h, l, a: highest, lowest and average cell, t: the same of probes, n: number of the one meant.
- v, u: highest and lowest voltage, 0.1 V, i, d: highest currents, 0.1 A, that it asks for.
- b: cells being balanced, cell 1 first. f: firmware. Z: serial number, 30 bytes. k, o, x: unknown.
"""

import struct
from typing import NamedTuple

from triporteur_device.protocols.base import BadPayload, Reading
from triporteur_device.protocols.jbd_up16s_alarms import alarms
from triporteur_wire.quantities import Value

_HEAD = struct.Struct(">HHI8HII17H")
_TAIL = struct.Struct(">2xHH30s")
_NO_CURRENT = 300_000
#: A probe that is not there reads -40 °C or colder.
_ABSENT_RAW = 500 - 400


class _Head(NamedTuple):
    voltage: int
    voltage_2: int
    current: int
    soc: int
    remaining: int
    full: int
    nominal: int
    mos_temp: int
    ambient_temp: int
    operation: int
    soh: int
    protections: int
    warnings: int
    switches: int
    connection: int
    cycles: int
    max_cell: int
    max_mv: int
    min_cell: int
    min_mv: int
    average_mv: int
    max_probe: int
    max_temp: int
    min_probe: int
    min_temp: int
    average_temp: int
    charge_dv: int
    charge_da: int
    discharge_dv: int
    discharge_da: int


def read_state(payload: bytes) -> Reading:
    """The reading of a state.

    Raises:
        BadPayload: It is cut, wrongly counted, or says neither voltage nor charge.
    """
    if len(payload) < _HEAD.size:
        raise BadPayload(f"{len(payload)} bytes of state, at least {_HEAD.size} expected")
    head = _Head._make(_HEAD.unpack_from(payload))
    if head.voltage == 0 and head.soc == 0:
        raise BadPayload("no voltage and no charge, from a board that a battery feeds")
    cells_mv, rest = _counted(payload[_HEAD.size :])
    probes, rest = _counted(rest)
    cells_v = tuple(cell / 1000 for cell in cells_mv)
    fields: dict[str, Value] = {
        **_fields(head),
        "cells_v": cells_v,
        "temps_c": tuple(_celsius(raw) for raw in probes),
        **_tail_fields(rest),
    }
    return Reading(fields, _values(head, cells_v, probes))


def _counted(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """As many words as the first one says, and what is behind them."""
    count = int.from_bytes(data[:2], "big")
    end = 2 + 2 * count
    if len(data) < max(2, end):
        raise BadPayload(f"{count} values announced in {len(data)} bytes")
    return struct.unpack(f">{count}H", data[2:end]), data[end:]


def _celsius(raw: int) -> float:
    return (raw - 500) / 10


def _fields(head: _Head) -> dict[str, Value]:
    return {
        "voltage_v": head.voltage / 100,
        "current_a": (head.current - _NO_CURRENT) / 100,
        "soc_pct": head.soc / 100,
        "remaining_ah": head.remaining / 100,
        "full_ah": head.full / 100,
        "nominal_ah": head.nominal / 100,
        "mos_temp_c": _celsius(head.mos_temp),
        "ambient_temp_c": _celsius(head.ambient_temp),
        "operation": head.operation,
        "soh_pct": head.soh,
        "protection": head.protections,
        "warnings": head.warnings,
        "switches": head.switches,
        "connection": head.connection,
        "cycles": head.cycles,
        "max_cell": head.max_cell,
        "max_cell_v": head.max_mv / 1000,
        "min_cell": head.min_cell,
        "min_cell_v": head.min_mv / 1000,
        "average_cell_v": head.average_mv / 1000,
        "max_temp_c": _celsius(head.max_temp),
        "min_temp_c": _celsius(head.min_temp),
        "charge_limit_v": head.charge_dv / 10,
        "charge_limit_a": head.charge_da / 10,
        "discharge_limit_v": head.discharge_dv / 10,
        "discharge_limit_a": head.discharge_da / 10,
    }


def _tail_fields(tail: bytes) -> dict[str, Value]:
    if len(tail) < _TAIL.size:
        return {}
    balanced, firmware, serial = _TAIL.unpack_from(tail)
    told = serial.decode("ascii", "replace").rstrip("\0 ")
    return {"balanced_cells": balanced, "firmware": firmware, "serial_number": told}


def _values(head: _Head, cells_v: tuple[float, ...], probes: tuple[int, ...]) -> dict[str, Value]:
    values: dict[str, Value] = {
        "pack_voltage_v": head.voltage / 100,
        "current_a": (head.current - _NO_CURRENT) / 100,
        "soc_pct": head.soc / 100,
        "soh_pct": head.soh,
        "remaining_ah": head.remaining / 100,
        "nominal_ah": head.nominal / 100,
        "cycles": head.cycles,
        "cells_v": cells_v,
        "charge_fet": bool(head.switches & 2),
        "discharge_fet": bool(head.switches & 1),
        "alarms": alarms(head.protections, head.warnings),
    }
    if head.mos_temp > _ABSENT_RAW:
        values["bms_temp_c"] = _celsius(head.mos_temp)
    if temps := tuple(_celsius(raw) for raw in probes if raw > _ABSENT_RAW):
        values["battery_temps_c"] = temps
    return values
