"""What is configured of a unit's battery, and what is taken for granted of any."""

import msgspec

from triporteur_device.readiness.chemistry import CHEMISTRIES, Chemistry, ChemistryName


class Pack(msgspec.Struct, frozen=True):
    """The battery as its label tells it. `cells` is the number in series.

    `standing_w` is what the unit draws on site, `parked_w` at rest, until either was learnt: a Pi
    with router and hotspot, a Pi alone.
    """

    nominal_ah: float = 30.0
    cells: int = 13
    chemistry: ChemistryName = "nmc"
    standing_w: float = 15.0
    parked_w: float = 5.0

    @property
    def kind(self) -> Chemistry:
        return CHEMISTRIES[self.chemistry]

    @property
    def mean_v(self) -> float:
        """Volts while it empties, on average and under a rider's load."""
        return self.cells * self.kind.mean_v

    def cell_v(self, pack_v: float) -> float:
        return pack_v / self.cells
