"""The fields of a VESC controller's answers: their order, sizes and scales.

Sources: as `vesc`. Big endian throughout; the first byte repeats the command, the fields follow:

    GET_VALUES           04 F..F           all fields, in the order of `VALUES`
    GET_VALUES_SELECTIVE 32 MMMMMMMM F..F  those whose bit is in the mask M, bit 0 first
    GET_VALUES_SETUP     2F F..F           all fields, in the order of `SETUP`
    .._SETUP_SELECTIVE   33 MMMMMMMM F..F  those whose bit is in the mask

Firmwares add fields at the end (59 to 62 bytes in the middle versions, 74 since 5), so an answer is
read as far as it goes. Firmware 2 opened with seven temperatures: 56 bytes, a length that no later
layout can have at the end of a field.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple


class Group(NamedTuple):
    """Fields that come together: their layout, and the name and divisor of each."""

    layout: struct.Struct
    fields: tuple[tuple[str, int], ...]


Groups = tuple[Group, ...]


def _group(codes: str, *fields: tuple[str, int]) -> Group:
    return Group(struct.Struct(f">{codes}"), fields)


_COUNTERS = (
    _group("i", ("ah", 10_000)),
    _group("i", ("ah_charged", 10_000)),
    _group("i", ("wh", 10_000)),
    _group("i", ("wh_charged", 10_000)),
)
VALUES: Groups = (
    _group("h", ("temp_fet_c", 10)),
    _group("h", ("temp_motor_c", 10)),
    _group("i", ("motor_current_a", 100)),
    _group("i", ("input_current_a", 100)),
    _group("i", ("id_a", 100)),
    _group("i", ("iq_a", 100)),
    _group("h", ("duty", 1000)),
    _group("i", ("erpm", 1)),
    _group("h", ("v_in", 10)),
    *_COUNTERS,
    _group("i", ("tacho", 1)),
    _group("i", ("tacho_abs", 1)),
    _group("B", ("fault", 1)),
    _group("i", ("pid_pos", 1_000_000)),
    _group("B", ("controller_id", 1)),
    _group("hhh", ("temp_mos1_c", 10), ("temp_mos2_c", 10), ("temp_mos3_c", 10)),
    _group("i", ("vd", 1000)),
    _group("i", ("vq", 1000)),
    _group("B", ("status", 1)),
)
FIRMWARE_2: Groups = (
    _group("7h", *((f"t{number}_c", 10) for number in range(1, 7)), ("temp_pcb_c", 10)),
    _group("i", ("motor_current_a", 100)),
    _group("i", ("input_current_a", 100)),
    *VALUES[6:16],
)
SETUP: Groups = (
    *VALUES[:4],
    _group("h", ("duty", 1000)),
    _group("i", ("erpm", 1)),
    _group("i", ("speed_m_s", 1000)),
    _group("h", ("v_in", 10)),
    _group("h", ("battery_level", 1000)),
    *_COUNTERS,
    _group("i", ("trip_m", 1000)),
    _group("i", ("trip_abs_m", 1000)),
    _group("i", ("pid_pos", 1_000_000)),
    _group("B", ("fault", 1)),
    _group("B", ("controller_id", 1)),
    _group("B", ("vesc_count", 1)),
    _group("i", ("wh_left", 1000)),
    _group("I", ("odometer_m", 1)),
    _group("I", ("uptime_ms", 1)),
)


def chosen(groups: Groups, mask: bytes) -> list[Group]:
    """The groups whose bit is in the mask."""
    bits = int.from_bytes(mask, "big")
    return [group for bit, group in enumerate(groups) if bits >> bit & 1]


def read(groups: Iterable[Group], body: bytes) -> tuple[dict[str, float], bytes]:
    """The groups that came whole, and the bytes behind them."""
    numbers: dict[str, float] = {}
    at = 0
    for layout, fields in groups:
        if at + layout.size > len(body):
            break
        raws = layout.unpack_from(body, at)
        for (name, divisor), raw in zip(fields, raws, strict=True):
            numbers[name] = raw / divisor if divisor > 1 else raw
        at += layout.size
    return numbers, body[at:]
