"""ANT battery boards since 2021: 19200 8N1, they answer.

Source: syssi/esphome-ant-bms, its table of the status frame and its captures. One letter is one
nibble:

    question   7EA1 FF OOOO LL CCCC AA55
    answer     7EA1 FF OOOO LL PP..PP CCCC AA55

- F: function, 01 asks for the status and 11 is the answer. O: where in the board's memory.
- L: bytes of payload, in a question those that are wanted. Little endian throughout.
- C: CRC-16/MODBUS from F's neighbour A1 to the payload's end.

Payload of the status:

    pp ss tt cc  x*8  w*8  y*8  UUUU..UUUU TTTT..TTTT  MMMM BBBB VVVV IIII QQQQ HHHH dd gg bb 00
    NNNNNNNN RRRRRRRR YYYYYYYY WWWWWWWW ZZZZZZZZ  yyyyyyyy  hhhh nnnn llll nnnn eeee aaaa
    5 words  DDDDDDDD GGGGGGGG iiiiiiii jjjjjjjj

- s: 1 idle, 2 charging, 3 discharging, 4 standby, 5 error. t: probes. c: cells.
- x: protections, w: warnings, bits that no document names; a healthy pack shows some of w.
- U: one cell, mV. T: one probe, M: the switches, B: the balancer, signed, °C; -40 is none.
- V: pack voltage, 10 mV. I: current, signed, 0.1 A: see `ant` for the sign. Q: charge, %. H:
  health, %.
- d, g: state of the switch for discharging and for charging, in this order: in a captured pack at
  4.11 V a cell, g is 02, overcharged, and d is on; some decoders read them the other way round.
- b: balancer. N: capacity, R: remaining, µAh. Y: charge cycled, mAh. W: power, signed, W.
- Z: running time, s. y: cells being balanced, cell 1 first. h, l: highest and lowest cell, each
  with its number. e: their difference, a: average, mV.
- D, G: charge ever drawn and given, mAh; i, j: the time it took, s.
"""

import re
import struct
from typing import NamedTuple

from triporteur_device.protocols import ant
from triporteur_device.protocols.base import BadPayload, Fault, Frame, ProtocolSpec, Reading
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.polling import RoundPoller
from triporteur_wire.quantities import Value

STATUS = bytes.fromhex("7ea1010000be1855aa55")

#: A header, or what more bytes may turn into one; the functions are those of answers.
_HEADER = re.compile(rb"~\xa1(?:[\x11\x12\x43\x61]|\Z)|~\Z")
_BEFORE, _BEHIND = 6, 4
_CELLS = 28
_MAIN = struct.Struct("<hhHhHHBBBxIIIiIIHHHHHH10xIIII")


class _Main(NamedTuple):
    mos_temp: int
    balancer_temp: int
    voltage: int
    current: int
    soc: int
    soh: int
    discharge: int
    charge: int
    balancer: int
    capacity: int
    remaining: int
    cycled: int
    power: int
    runtime: int
    balanced: int
    max_mv: int
    max_cell: int
    min_mv: int
    min_cell: int
    delta_mv: int
    average_mv: int
    drawn: int
    given: int
    drawing_s: int
    giving_s: int


def decoder() -> HuntingDecoder:
    return HuntingDecoder(_HEADER, _size, _check)


def _size(held: bytes, start: int) -> int:
    length = held[start + 5] if len(held) > start + 5 else 0
    return _BEFORE + length + _BEHIND


def _check(raw: bytes) -> Frame | Fault:
    if raw[-2:] != b"\xaa\x55":
        return Fault.STOP
    if crc16_modbus(raw[1:-_BEHIND]) != int.from_bytes(raw[-4:-2], "little"):
        return Fault.CHECKSUM
    return Frame(f"0x{raw[2]:02X}", raw[_BEFORE:-_BEHIND], raw)


def interpreter(charge_sign: int | None) -> ant.Interpret:
    """The reading of an answer of a board whose charging current has this sign.

    The interpreter raises `BadPayload` where the status is cut, wrongly counted, or says neither
    voltage nor charge.
    """

    def interpret(frame: Frame) -> Reading:
        if frame.kind != "0x11":
            return Reading({"data_hex": frame.payload.hex()}, {})
        return _status(frame.payload, charge_sign)

    return interpret


def _status(payload: bytes, charge_sign: int | None) -> Reading:
    if len(payload) < _CELLS:
        raise BadPayload(f"{len(payload)} bytes of status, at least {_CELLS} expected")
    probes, cells = payload[2], payload[3]
    main_at = _CELLS + 2 * (cells + probes)
    if len(payload) < main_at + _MAIN.size:
        raise BadPayload(f"{cells} cells and {probes} probes in {len(payload)} bytes")
    cells_v = tuple(mv / 1000 for mv in struct.unpack_from(f"<{cells}H", payload, _CELLS))
    temps_c = struct.unpack_from(f"<{probes}h", payload, _CELLS + 2 * cells)
    main = _Main._make(_MAIN.unpack_from(payload, main_at))
    if main.voltage == 0 and main.soc == 0:
        raise BadPayload("no voltage and no charge, from a board that a battery feeds")
    fields = {**_head_fields(payload), "cells_v": cells_v, "temps_c": temps_c, **_fields(main)}
    return Reading(fields, _values(main, cells_v, temps_c, charge_sign))


def _head_fields(payload: bytes) -> dict[str, Value]:
    return {
        "permissions": payload[0],
        "state": payload[1],
        "temp_sensors": payload[2],
        "cell_count": payload[3],
        "protection_hex": payload[4:12].hex(),
        "warning_hex": payload[12:20].hex(),
        "balancing_hex": payload[20:28].hex(),
    }


def _fields(main: _Main) -> dict[str, Value]:
    return {
        "mos_temp_c": main.mos_temp,
        "balancer_temp_c": main.balancer_temp,
        "voltage_v": main.voltage / 100,
        "current_raw_a": main.current / 10,
        "soc_pct": main.soc,
        "soh_pct": main.soh,
        "discharge_mos": main.discharge,
        "charge_mos": main.charge,
        "balancer": main.balancer,
        "capacity_ah": ant.amp_hours(main.capacity),
        "remaining_ah": ant.amp_hours(main.remaining),
        "cycle_ah": main.cycled / 1000,
        "power_w": main.power,
        "runtime_s": main.runtime,
        "balanced_cells": main.balanced,
        "max_cell_v": main.max_mv / 1000,
        "max_cell": main.max_cell,
        "min_cell_v": main.min_mv / 1000,
        "min_cell": main.min_cell,
        "delta_cell_v": main.delta_mv / 1000,
        "average_cell_v": main.average_mv / 1000,
        "discharged_ah": main.drawn / 1000,
        "charged_ah": main.given / 1000,
        "discharging_s": main.drawing_s,
        "charging_s": main.giving_s,
    }


def _values(
    main: _Main, cells_v: tuple[float, ...], temps_c: tuple[int, ...], charge_sign: int | None
) -> dict[str, Value]:
    values: dict[str, Value] = {
        "pack_voltage_v": main.voltage / 100,
        "soc_pct": main.soc,
        "soh_pct": main.soh,
        "remaining_ah": ant.amp_hours(main.remaining),
        "cells_v": cells_v,
        **ant.capacity(main.capacity),
        **ant.temperatures(temps_c, main.mos_temp),
        **ant.switches(main.charge, main.discharge),
        **ant.flow(main.current, main.power, charge_sign),
    }
    return values


_EACH_ROUND = {"0x11": STATUS}

SPEC = ant.fitted(
    ProtocolSpec(
        name="ant_new",
        baud=19200,
        quiet_s=0.3,
        max_pending=_BEFORE + 255 + _BEHIND + MAX_RUN,
        decoder=decoder,
        interpret=interpreter(None),
        poller=lambda: RoundPoller(_EACH_ROUND, {}),
        requests=frozenset(_EACH_ROUND.values()),
    ),
    interpreter,
)
