"""What is decoded: the good frames of the tests, and answers of a Modbus device made for it."""

import random
from dataclasses import dataclass

from tests.device.protocols.recorded import recorded
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.modbus_blocks import Block
from triporteur_device.protocols.modbus_maps import PHASERUNNER

_ADDRESS = PHASERUNNER.address
_MODBUS_ANSWERS = 8


@dataclass(frozen=True, slots=True)
class Work:
    """Questions (b"" where nobody asked) with their answers, all of one protocol."""

    protocol: str
    answers: tuple[tuple[bytes, bytes], ...]


def work() -> list[Work]:
    """One for each protocol of the registry."""
    return [
        Work(name, _modbus() if name == "modbus" else _recorded(name)) for name in sorted(PROTOCOLS)
    ]


def _recorded(protocol: str) -> tuple[tuple[bytes, bytes], ...]:
    good = (entry for entry in recorded(protocol) if not entry.refused)
    return tuple((entry.request, entry.stream) for entry in good)


def _modbus() -> tuple[tuple[bytes, bytes], ...]:
    """Ordinary answers, which the frames of the tests are not: peers refuse those."""
    block = Block(258, 20)
    dice = random.Random(5)  # noqa: S311 - any registers will do
    bodies = (
        bytes((_ADDRESS, 3, 2 * block.count)) + dice.randbytes(2 * block.count)
        for _ in range(_MODBUS_ANSWERS)
    )
    question = block.question(_ADDRESS)
    return tuple((question, body + crc16_modbus(body).to_bytes(2, "little")) for body in bodies)
