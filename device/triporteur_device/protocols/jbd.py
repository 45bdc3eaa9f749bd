"""JBD battery boards (Jiabaida, sold as Xiaoxiang or Overkill Solar): 9600 8N1, they answer.

Sources: "Jiabaida communication protocol" as kept by syssi/esphome-jbd-bms, with its captures;
captures of Jakeler/bms-parser and patman15/aiobmsble. One letter is one nibble:

    question   DD A5 RR 00 CCCC 77
    answer     DD RR SS LL PP..PP CCCC 77

- R: register. S: status, 00 done, 80 refused. L: bytes of payload. Big endian throughout.
- C: 10000 - sum from R (question) or S (answer) to the payload's end, kept to 16 bits: an empty
  payload with status 00 gives 0000. An answer's register is outside its checksum.

Payload of register 03, the state of the pack:

    VVVV IIII AAAA NNNN YYYY DDDD BBBB bbbb FFFF ee QQ MM cc tt TTTT..TTTT xx..xx

- V: pack voltage, 10 mV. I: current, signed, 10 mA, positive while charging; below 0.3 to 0.5 A
  many boards say 0.
- A: remaining, N: nominal capacity, 10 mAh; they wrap at 655.35 Ah. Y: cycles.
- D: production date, 7 bits years since 2000, 4 bits month, 5 bits day.
- B: cells 1-16 being balanced, b: cells 17-32; which end is cell 1 depends on the board.
- F: protections in force, bit 0 first as in `PROTECTIONS`. e: version, binary coded decimal.
- Q: state of charge, %. M: switches, bit 0 charge, bit 1 discharge. c: cells.
- t: temperature sensors, possibly none, then as many T: 0.1 K, 0 °C being 2731.
- x: tail of newer boards, not the same on all.

Register 04: one u16 per cell, mV. Register 05: the board's name, ASCII. Register AA: u16 counts of
the protections that ever acted, in the order of `COUNTERS`. Register E1 answers a command of the
switches, which is never sent.
"""

import re
import struct
from typing import NamedTuple

from triporteur_device.protocols.alarms import from_bits
from triporteur_device.protocols.base import BadPayload, Fault, Frame, ProtocolSpec, Reading
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.polling import RoundPoller
from triporteur_wire.alarms import Alarm
from triporteur_wire.quantities import Value

PROTECTIONS = (
    Alarm.CELL_OVERVOLTAGE,
    Alarm.CELL_UNDERVOLTAGE,
    Alarm.PACK_OVERVOLTAGE,
    Alarm.PACK_UNDERVOLTAGE,
    Alarm.CHARGE_OVERTEMPERATURE,
    Alarm.CHARGE_UNDERTEMPERATURE,
    Alarm.DISCHARGE_OVERTEMPERATURE,
    Alarm.DISCHARGE_UNDERTEMPERATURE,
    Alarm.CHARGE_OVERCURRENT,
    Alarm.DISCHARGE_OVERCURRENT,
    Alarm.SHORT_CIRCUIT,
    Alarm.FRONTEND_FAULT,
    Alarm.FET_LOCKED,
)
COUNTERS = (
    "short_circuit",
    "charge_overcurrent",
    "discharge_overcurrent",
    "cell_overvoltage",
    "cell_undervoltage",
    "charge_overtemp",
    "charge_undertemp",
    "discharge_overtemp",
    "discharge_undertemp",
    "pack_overvoltage",
    "pack_undervoltage",
)

#: A header, or what more bytes may turn into one. The status tells an answer from a question.
_HEADER = re.compile(rb"\xdd(?:.[\x00\x80]|.?\Z)", re.DOTALL)
#: Start, register, status and length before the payload; checksum and end mark behind it.
_BEFORE, _BEHIND = 4, 3
_STATE = struct.Struct(">HhHHHHHHHBBBBB")


#: A sensor that is not there reads -40 °C or colder (boards differ; raw 0 is -273.1 °C).
_ABSENT_RAW = 2731 - 400


class _State(NamedTuple):
    voltage: int
    current: int
    remaining: int
    nominal: int
    cycles: int
    date: int
    balance_low: int
    balance_high: int
    protection: int
    version: int
    soc: int
    switches: int
    cells: int
    sensors: int


def encode(register: int) -> bytes:
    """The question that reads a register."""
    return bytes((0xDD, 0xA5, register, 0)) + (-register & 0xFFFF).to_bytes(2, "big") + b"\x77"


def decoder() -> HuntingDecoder:
    return HuntingDecoder(_HEADER, _size, _check)


def _size(held: bytes, start: int) -> int:
    length = held[start + 3] if len(held) > start + 3 else 0
    return _BEFORE + length + _BEHIND


def _check(raw: bytes) -> Frame | Fault:
    if raw[-1] != 0x77:
        return Fault.STOP
    # Without the mask an empty payload would ask for the checksum 0x10000.
    if -sum(raw[2:-_BEHIND]) & 0xFFFF != int.from_bytes(raw[-3:-1], "big"):
        return Fault.CHECKSUM
    return Frame(f"0x{raw[1]:02X}", raw[_BEFORE:-_BEHIND], raw)


def interpret(frame: Frame) -> Reading:
    """The reading of an answer; of a refusal, or a register not known here, its fields only.

    Raises:
        BadPayload: The payload is cut, wrongly counted, or all zeros under a good checksum.
    """
    status = frame.raw[2]
    meaning = _MEANINGS.get(frame.kind, _unknown) if status == 0 else _unknown
    reading = meaning(frame.payload)
    head: dict[str, Value] = {"register": frame.kind, "status": status}
    return Reading({**head, **reading.fields}, reading.values)


def _state(payload: bytes) -> Reading:
    _refuse_zeros(payload)
    if len(payload) < _STATE.size:
        raise BadPayload(f"{len(payload)} bytes of state, at least {_STATE.size} expected")
    state = _State._make(_STATE.unpack_from(payload))
    if state.voltage == 0 and state.soc == 0:
        raise BadPayload("no voltage and no charge, from a board that a battery feeds")
    tail = _STATE.size + 2 * state.sensors
    if len(payload) < tail:
        raise BadPayload(f"{state.sensors} temperatures announced in {len(payload)} bytes")
    kelvins = struct.unpack_from(f">{state.sensors}H", payload, _STATE.size)
    temps = tuple((raw - 2731) / 10 for raw in kelvins if raw > _ABSENT_RAW)
    values = _state_values(state) | ({"battery_temps_c": temps} if temps else {})
    return Reading({**_state_fields(state), **_tail_field(payload[tail:])}, values)


def _state_fields(state: _State) -> dict[str, Value]:
    year, month, day = 2000 + (state.date >> 9), state.date >> 5 & 15, state.date & 31
    return {
        "production_date": f"{year}-{month:02}-{day:02}",
        "balance_low": state.balance_low,
        "balance_high": state.balance_high,
        "protection": state.protection,
        "version_bcd": f"{state.version >> 4:x}.{state.version & 15:x}",
        "cell_count": state.cells,
        "ntc_count": state.sensors,
    }


def _state_values(state: _State) -> dict[str, Value]:
    return {
        "pack_voltage_v": state.voltage / 100,
        "current_a": state.current / 100,
        "remaining_ah": state.remaining / 100,
        "nominal_ah": state.nominal / 100,
        "cycles": state.cycles,
        "soc_pct": state.soc,
        "charge_fet": bool(state.switches & 1),
        "discharge_fet": bool(state.switches & 2),
        "alarms": from_bits(state.protection, PROTECTIONS),
    }


def _cells(payload: bytes) -> Reading:
    _refuse_zeros(payload)
    if len(payload) % 2:
        raise BadPayload(f"{len(payload)} bytes of cell voltages, an even number expected")
    millivolts = struct.unpack(f">{len(payload) // 2}H", payload)
    return Reading({}, {"cells_v": tuple(cell / 1000 for cell in millivolts)})


def _hardware(payload: bytes) -> Reading:
    return Reading({"hardware": payload.decode("ascii", "replace").rstrip("\0 ")}, {})


def _counters(payload: bytes) -> Reading:
    size = 2 * len(COUNTERS)
    if len(payload) < size:
        raise BadPayload(f"{len(payload)} bytes of counters, at least {size} expected")
    counts = struct.unpack_from(f">{len(COUNTERS)}H", payload)
    return Reading({**dict(zip(COUNTERS, counts, strict=True)), **_tail_field(payload[size:])}, {})


def _unknown(payload: bytes) -> Reading:
    return Reading({"data_hex": payload.hex()} if payload else {}, {})


def _tail_field(tail: bytes) -> dict[str, Value]:
    return {"extra_tail_hex": tail.hex()} if tail else {}


def _refuse_zeros(payload: bytes) -> None:
    # Zeros add up to a good checksum: a short or a starting board would read as an empty pack.
    if not any(payload):
        raise BadPayload("all zeros under a good checksum")


_MEANINGS = {"0x03": _state, "0x04": _cells, "0x05": _hardware, "0xAA": _counters}

_EACH_ROUND = {"0x03": encode(0x03), "0x04": encode(0x04)}
_ONCE = {"0x05": encode(0x05)}

SPEC = ProtocolSpec(
    name="jbd",
    baud=9600,
    quiet_s=0.3,
    max_pending=_BEFORE + 255 + _BEHIND + MAX_RUN,
    decoder=decoder,
    interpret=interpret,
    poller=lambda: RoundPoller(_EACH_ROUND, _ONCE),
    requests=frozenset((*_EACH_ROUND.values(), *_ONCE.values())),
)
