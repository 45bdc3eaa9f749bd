"""What a journal could not keep, on its way to one that can."""

from collections.abc import Sequence
from dataclasses import dataclass

from triporteur_wire.records import Loss


@dataclass(frozen=True, slots=True)
class Unkept:
    """Records of the boot `boot_no` as kind, mono_ms and body, none of which reached the disk.

    `losses` are those that were given up before.
    """

    boot_no: int
    rows: Sequence[tuple[str, int, bytes]]
    losses: Sequence[Loss]

    def __len__(self) -> int:
        return len(self.rows)


NOTHING = Unkept(0, (), ())
