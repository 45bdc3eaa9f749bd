"""ANT battery boards before 2021: 19200 8N1, they answer.

Source: syssi/esphome-ant-bms, its table of the 140 bytes and its captures. One letter is one
nibble:

    question   DBDB 0000 00 00
    answer     AA55AAFF VVVV  32*UUUU  IIIIIIII QQ NNNNNNNN RRRRRRRR YYYYYYYY ZZZZZZZZ  6*TTTT
               gg dd bb  PPPP pppp rr  WWWWWWWW  nn hhhh nn llll aaaa cc  4 words  yyyyyyyy
               ssss CCCC

- V: pack voltage, 0.1 V. U: one cell, mV, of which the first c count. Big endian throughout.
- I: current, signed, 0.1 A: see `ant` for the sign. Q: charge, %.
- N: capacity, R: remaining, µAh; some boards always say a capacity of 0. Y: charge cycled, mAh.
- Z: running time, s. T: one probe, signed, °C; -40 is none.
- g, d: state of the switch for charging and for discharging. b: balancer.
- P, p, r: circumference and pulses of a wheel, a relay. W: power, signed, W.
- n h, n l: highest and lowest cell, each behind its number. a: average, mV. c: cells.
- y: cells being balanced, cell 1 first. s: log. C: sum of the bytes from V to s, kept to 16 bits.
"""

import re
import struct
from typing import NamedTuple

from triporteur_device.protocols import ant
from triporteur_device.protocols.base import BadPayload, Fault, Frame, ProtocolSpec, Reading
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.polling import RoundPoller
from triporteur_wire.quantities import Value

STATUS = bytes.fromhex("dbdb00000000")

#: A header, or what more bytes may turn into one.
_HEADER = re.compile(rb"\xaaU(?:\xaa(?:\xff|\Z)|\Z)|\xaa\Z")
_SIZE, _BEFORE, _BEHIND = 140, 4, 2
_MAX_CELLS = 32
_STATUS = struct.Struct(">H64siBIIII12sBBBHHBiBHBHHB8xI2s")


class _Status(NamedTuple):
    voltage: int
    cells: bytes
    current: int
    soc: int
    capacity: int
    remaining: int
    cycled: int
    runtime: int
    temps: bytes
    charge: int
    discharge: int
    balancer: int
    tyre_mm: int
    pulses: int
    relay: int
    power: int
    max_cell: int
    max_mv: int
    min_cell: int
    min_mv: int
    average_mv: int
    cell_count: int
    balanced: int
    log: bytes


def decoder() -> HuntingDecoder:
    return HuntingDecoder(_HEADER, lambda held, start: _SIZE, _check)


def _check(raw: bytes) -> Frame | Fault:
    if sum(raw[_BEFORE:-_BEHIND]) & 0xFFFF != int.from_bytes(raw[-_BEHIND:], "big"):
        return Fault.CHECKSUM
    return Frame("status", raw[_BEFORE:-_BEHIND], raw)


def interpreter(charge_sign: int | None) -> ant.Interpret:
    """The reading of an answer of a board whose charging current has this sign.

    The interpreter raises `BadPayload` where the status counts too many cells, or says neither
    voltage nor charge.
    """

    def interpret(frame: Frame) -> Reading:
        status = _Status._make(_STATUS.unpack(frame.payload))
        if status.voltage == 0 and status.soc == 0:
            raise BadPayload("no voltage and no charge, from a board that a battery feeds")
        if status.cell_count > _MAX_CELLS:
            raise BadPayload(f"{status.cell_count} cells, at most {_MAX_CELLS} expected")
        return _reading(status, charge_sign)

    return interpret


def _reading(status: _Status, charge_sign: int | None) -> Reading:
    cells_mv = struct.unpack_from(f">{status.cell_count}H", status.cells)
    cells_v = tuple(cell / 1000 for cell in cells_mv)
    temps_c = struct.unpack(">6h", status.temps)
    values: dict[str, Value] = {
        "pack_voltage_v": status.voltage / 10,
        "soc_pct": status.soc,
        "remaining_ah": ant.amp_hours(status.remaining),
        "cells_v": cells_v,
        **ant.capacity(status.capacity),
        **ant.temperatures(temps_c),
        **ant.switches(status.charge, status.discharge),
        **ant.flow(status.current, status.power, charge_sign),
    }
    return Reading({"cells_v": cells_v, "temps_c": temps_c, **_fields(status)}, values)


def _fields(status: _Status) -> dict[str, Value]:
    return {
        "voltage_v": status.voltage / 10,
        "current_raw_a": status.current / 10,
        "soc_pct": status.soc,
        "capacity_ah": ant.amp_hours(status.capacity),
        "remaining_ah": ant.amp_hours(status.remaining),
        "cycle_ah": status.cycled / 1000,
        "runtime_s": status.runtime,
        "charge_mos": status.charge,
        "discharge_mos": status.discharge,
        "balancer": status.balancer,
        "tyre_mm": status.tyre_mm,
        "pulses": status.pulses,
        "relay": status.relay,
        "power_w": status.power,
        "max_cell": status.max_cell,
        "max_cell_v": status.max_mv / 1000,
        "min_cell": status.min_cell,
        "min_cell_v": status.min_mv / 1000,
        "average_cell_v": status.average_mv / 1000,
        "cell_count": status.cell_count,
        "balanced_cells": status.balanced,
        "log_hex": status.log.hex(),
    }


_EACH_ROUND = {"status": STATUS}

SPEC = ant.fitted(
    ProtocolSpec(
        name="ant_old",
        baud=19200,
        quiet_s=0.3,
        max_pending=_SIZE + MAX_RUN,
        decoder=decoder,
        interpret=interpreter(None),
        poller=lambda: RoundPoller(_EACH_ROUND, {}),
        requests=frozenset(_EACH_ROUND.values()),
    ),
    interpreter,
)
