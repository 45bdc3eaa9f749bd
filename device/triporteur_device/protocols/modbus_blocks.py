"""Which registers of a Modbus device are asked for together, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from triporteur_device.protocols.base import Frame, RegisterMap
from triporteur_device.protocols.crc import crc16_modbus
from triporteur_device.protocols.polling import ROUND_S

READ = 0x03
#: What one answer may hold.
MOST_REGISTERS = 125
#: A question of its own costs 13 bytes and a pause: this many registers nobody wants cost less.
REACH = 16
#: Modbus lets a device think for a second. Answers do not say what they answer, so the next
#: question waits until the last one can no longer be answered.
PATIENCE_S = 1.0
#: Refusals that will come again: illegal function, address or number of registers.
_FOR_GOOD = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True)
class Block:
    """Registers read by one question."""

    start: int
    count: int

    @property
    def kind(self) -> str:
        """The kind of frame that answers."""
        return f"{self.start}+{self.count}"

    def question(self, address: int) -> bytes:
        """The question that reads them."""
        numbers = self.start.to_bytes(2, "big") + self.count.to_bytes(2, "big")
        body = bytes((address, READ)) + numbers
        return body + crc16_modbus(body).to_bytes(2, "little")


def blocks(numbers: Iterable[int], reach: int) -> list[Block]:
    """The fewest blocks that hold these registers and bridge gaps shorter than `reach`."""
    found: list[Block] = []
    for number in sorted(set(numbers)):
        last = found[-1] if found else None
        if last is None or not _within_reach(last, number, reach):
            found.append(Block(number, 1))
        else:
            found[-1] = Block(last.start, number - last.start + 1)
    return found


def questions(table: RegisterMap, address: int) -> frozenset[bytes]:
    """All that a `BlockPoller` may ever ask."""
    numbers = [register.number for register in table.registers]
    steps = (blocks(numbers, reach) for reach in (REACH, 1, 0))
    return frozenset(block.question(address) for step in steps for block in step)


class BlockPoller:
    """Asks for every block once a round.

    Some devices refuse a block that holds a register they do not have: it is asked for in parts
    from then on, first without the gaps, then one register at a time.
    """

    def __init__(self, table: RegisterMap, address: int) -> None:
        self._numbers = [register.number for register in table.registers]
        self._address = address
        self._blocks = blocks(self._numbers, REACH)
        self._queue: list[Block] = []
        self._awaited: Block | None = None
        self._next_round_s = -inf
        self._patience_ends_s = -inf

    def next_request(self, now_s: float) -> bytes | None:
        if self._awaited and now_s < self._patience_ends_s:
            return None
        if not self._queue:
            if now_s < self._next_round_s:
                return None
            self._next_round_s = now_s + ROUND_S
            self._queue = list(self._blocks)
        self._awaited = self._queue.pop(0)
        self._patience_ends_s = now_s + PATIENCE_S
        return self._awaited.question(self._address)

    def received(self, frame: Frame, now_s: float) -> None:
        if self._awaited is None:
            return
        if frame.kind == refused(self._awaited.kind):
            self._take_apart(self._awaited, frame.payload[0])
        elif frame.kind != self._awaited.kind:
            return
        self._awaited = None

    def _take_apart(self, refused_block: Block, reason: int) -> None:
        if reason not in _FOR_GOOD:
            return
        end = refused_block.start + refused_block.count
        numbers = [number for number in self._numbers if refused_block.start <= number < end]
        parts = blocks(numbers, 1)
        if parts == [refused_block]:
            parts = blocks(numbers, 0)
        at = self._blocks.index(refused_block)
        self._blocks[at : at + 1] = parts


def refused(kind: str) -> str:
    """The kind of frame that refuses what a frame of `kind` would have answered."""
    return f"{kind} refused"


def _within_reach(last: Block, number: int, reach: int) -> bool:
    gap = number - last.start - last.count
    return gap < reach and number - last.start < MOST_REGISTERS
