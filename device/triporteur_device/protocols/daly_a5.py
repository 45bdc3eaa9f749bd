"""Daly battery boards that speak "A5" (J, T, A, U, W, ND series): 9600 8N1, they answer.

Sources: Daly "UART/485 Communications Protocol V1.2" (maland16/daly-bms-uart); captures of
jblance/mpp-solar, tomatensaus/bms, Schnippsche/SolarReader, fl4p/batmon-ha. One letter is one
nibble:

    question   A5 HH RR 08 0000000000000000 KK
    answer     A5 BB RR 08 DDDDDDDDDDDDDDDD KK

- H: who asks, 40 for the first board on the line, 41 for the second; 80 for a Bluetooth module.
- B: which board answers, from 01. A sleeping board sends the question back, its sum and all: H is
  never a B, so that a question come back is no answer.
- R: what is asked. K: sum of all bytes before it, kept to 8 bits. Big endian throughout.

D by R, `.` being bytes not used, which hold what was left there by an answer before:

    90  VVVV GGGG IIII QQQQ      V: voltage, G: gathered voltage, 0.1 V; I: current, 0.1 A, 30000
                                 being none and more being DISCHARGE; Q: state of charge, 0.1 %
    91  VVVV NN vvvv nn ....     highest and lowest cell, mV, with their numbers
    92  TT NN tt nn ........     hottest and coldest sensor, 0 °C being 40, with their numbers
    93  SS CC DD LL AAAAAAAA     S: 0 rests, 1 charges, 2 discharges; switches; life; A: left, mAh
    94  CC TT PP LL DD YYYY ..   cells, sensors, charger, load, inputs and outputs; Y: cycles
    95  NN VVVV VVVV VVVV ..     three cells, mV      \\ several frames, numbered from 1:
    96  NN TTTTTTTTTTTTTT        seven temperatures   / see `daly_sets`
    97  BBBBBBBBBBBB ....        cells being balanced
    98  FFFFFFFFFFFFFF EE        failures, least significant byte first: see `daly_alarms`
    50  AAAAAAAA .... VVVV       rated capacity, mAh, and voltage of a cell, mV
    53  .... YY MM DD ......     production date, years since 2000

A temperature of 0 (-40 °C) is a sensor that is not there. Commands that write are never sent.
"""

import re
import struct
from functools import partial

from triporteur_device.protocols import daly_alarms
from triporteur_device.protocols.base import (
    BadPayload,
    Fault,
    Fitting,
    Frame,
    ProtocolSpec,
    Reading,
)
from triporteur_device.protocols.daly_sets import PART, SetDecoder
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.polling import RoundPoller
from triporteur_wire.quantities import Value

FIRST_BOARD, BLUETOOTH = 0x40, 0x80
_MOST_BOARDS = 16
_SIZE = 13
_NO_CURRENT = 30000
_COLD = 40
_STATES = ("stationary", "charging", "discharging")
#: With less between an answer and the next question, boards drop questions (mr-manuel's driver).
_GAP_S = 0.02


def encode(command: int, address: int = FIRST_BOARD) -> bytes:
    """The question that reads; `address` is who asks."""
    body = bytes((0xA5, address, command, 8)) + bytes(8)
    return body + bytes((sum(body) & 0xFF,))


def decoder(address: int = FIRST_BOARD) -> SetDecoder:
    board = re.escape(bytes((1 if address == BLUETOOTH else address - FIRST_BOARD + 1,)))
    # A header, or what more bytes may turn into one.
    header = b"\xa5(?:" + board + rb"(?:.(?:\x08|\Z)|\Z)|\Z)"
    return SetDecoder(HuntingDecoder(re.compile(header, re.DOTALL), lambda *_: _SIZE, _check))


def _check(raw: bytes) -> Frame | Fault:
    if sum(raw[:-1]) & 0xFF != raw[-1]:
        return Fault.CHECKSUM
    return Frame(f"0x{raw[2]:02X}", raw[4:-1], raw)


def interpret(frame: Frame) -> Reading:
    """The reading of an answer; of one not known here, and of a part of a set, its fields only.

    Raises:
        BadPayload: All zeros where a living battery cannot say so, under a good checksum.
    """
    command = frame.kind.removesuffix(PART)
    if frame.kind != command:
        return Reading({"command": command, "frame": frame.payload[0]}, {})
    reading = _MEANINGS.get(command, _unknown)(frame.payload)
    return Reading({"command": command, **_sums(frame.raw), **reading.fields}, reading.values)


def _sums(raw: bytes) -> dict[str, Value]:
    return {"checksum_given": raw[-1], "checksum_sum": sum(raw[:-1]) & 0xFF} if raw else {}


def _pack(payload: bytes) -> Reading:
    voltage, gathered, current, soc = struct.unpack(">4H", payload)
    if voltage == 0 and soc == 0:
        raise BadPayload("no voltage and no charge, from a board that a battery feeds")
    fields = {
        "gather_voltage_v": gathered / 10,
        "current_raw": current,
        "current_discharge_positive_a": (current - _NO_CURRENT) / 10,
    }
    amperes = (_NO_CURRENT - current) / 10
    return Reading(
        fields, {"pack_voltage_v": voltage / 10, "current_a": amperes, "soc_pct": soc / 10}
    )


def _extreme_cells(payload: bytes) -> Reading:
    highest, highest_no, lowest, lowest_no = struct.unpack_from(">HBHB", _not_zeros(payload))
    fields = {"max_cell_no": highest_no, "min_cell_no": lowest_no, "unused_hex": payload[6:].hex()}
    return Reading(fields, {"max_cell_v": highest / 1000, "min_cell_v": lowest / 1000})


def _extreme_temps(payload: bytes) -> Reading:
    hottest, hottest_no, coldest, coldest_no = payload[:4]
    fields: dict[str, Value] = {
        "max_temp_c": hottest - _COLD,
        "max_temp_no": hottest_no,
        "min_temp_c": coldest - _COLD,
        "min_temp_no": coldest_no,
        "unused_hex": payload[4:].hex(),
    }
    return Reading(fields, {})


def _switches(payload: bytes) -> Reading:
    state, charge, discharge, life, remaining = struct.unpack(">4BL", _not_zeros(payload))
    name = _STATES[state] if state < len(_STATES) else f"unknown {state}"
    values = {
        "charge_fet": bool(charge),
        "discharge_fet": bool(discharge),
        "remaining_ah": remaining / 1000,
    }
    return Reading({"state": name, "bms_life": life}, values)


def _counts(payload: bytes) -> Reading:
    cells, sensors, charger, load, dio, cycles = struct.unpack_from(">5BH", _not_zeros(payload))
    fields: dict[str, Value] = {
        "cells": cells,
        "temp_sensors": sensors,
        "charger": bool(charger),
        "load": bool(load),
        "dio": dio,
    }
    return Reading(fields, {"cycles": cycles})


def _cells(values: bytes) -> Reading:
    millivolts = struct.unpack(f">{len(values) // 2}H", _not_zeros(values))
    cells = tuple(cell / 1000 for cell in millivolts)
    return Reading({"frames": -(-len(cells) // 3), "cell_count": len(cells)}, {"cells_v": cells})


def _temps(values: bytes) -> Reading:
    fields: dict[str, Value] = {
        "frames": -(-len(values) // 7),
        "temps_c_raw_minus_40": tuple(raw - _COLD for raw in values),
    }
    temps = tuple(raw - _COLD for raw in values if raw)
    return Reading(fields, {"battery_temps_c": temps} if temps else {})


def _failures(payload: bytes) -> Reading:
    found = daly_alarms.failures(int.from_bytes(payload[:7], "little"))
    fields: dict[str, Value] = {
        "failure_bytes": tuple(payload),
        "failures": daly_alarms.names(found),
    }
    return Reading(fields, {"alarms": daly_alarms.alarms(found)})


def _rated(payload: bytes) -> Reading:
    capacity, cell = struct.unpack(">L2xH", _not_zeros(payload))
    return Reading({"cell_nominal_v": cell / 1000}, {"nominal_ah": capacity / 1000})


def _made(payload: bytes) -> Reading:
    year, month, day = payload[2:5]
    return Reading({"production_date": f"{2000 + year}-{month:02}-{day:02}"}, {})


def _unknown(payload: bytes) -> Reading:
    return Reading({"data_hex": payload.hex()}, {})


def _not_zeros(payload: bytes) -> bytes:
    if not any(payload):
        raise BadPayload("all zeros under a good checksum")
    return payload


_MEANINGS = {
    "0x50": _rated,
    "0x53": _made,
    "0x90": _pack,
    "0x91": _extreme_cells,
    "0x92": _extreme_temps,
    "0x93": _switches,
    "0x94": _counts,
    "0x95": _cells,
    "0x96": _temps,
    "0x98": _failures,
}

#: The counts first: without them nobody knows where a set ends.
_EACH_ROUND = (0x94, 0x90, 0x93, 0x95, 0x96, 0x98)
_ONCE = (0x50,)
_NEEDS = {"0x95": "0x94", "0x96": "0x94"}


def _questions(commands: tuple[int, ...], address: int) -> dict[str, bytes]:
    return {f"0x{command:02X}": encode(command, address) for command in commands}


def _spec(address: int) -> ProtocolSpec:
    each_round, once = _questions(_EACH_ROUND, address), _questions(_ONCE, address)
    return ProtocolSpec(
        name="daly_a5",
        baud=9600,
        quiet_s=0.3,
        max_pending=_SIZE + MAX_RUN,
        decoder=partial(decoder, address),
        interpret=interpret,
        poller=lambda: RoundPoller(each_round, once, gap_s=_GAP_S, needs=_NEEDS),
        requests=frozenset((*each_round.values(), *once.values())),
        fit=_fit,
        takes=frozenset({"address"}),
    )


def _fit(fitting: Fitting) -> ProtocolSpec:
    address = FIRST_BOARD if fitting.address is None else fitting.address
    if address != BLUETOOTH and not 0 <= address - FIRST_BOARD < _MOST_BOARDS:
        raise ValueError(
            f"no Daly board listens to 0x{address:02X}: write an address from 0x40 to 0x4F, or 0x80"
        )
    return _spec(address)


SPEC = _spec(FIRST_BOARD)
