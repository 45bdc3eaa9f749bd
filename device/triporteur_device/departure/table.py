"""The table `[readiness]` of `unit.toml`: the battery's label, and where the unit usually goes."""

from datetime import time
from typing import Annotated

import msgspec

from triporteur_device.readiness import Pack
from triporteur_device.readiness.chemistry import ChemistryName
from triporteur_wire.plan import UsualPlace

Watts = Annotated[float, msgspec.Meta(ge=0, le=500, description="watts, from 0 to 500")]
Hour = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="a time of day such as 09:00"
    ),
]
PlaceKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,32}\Z")]


class PlaceTable(UsualPlace, frozen=True, forbid_unknown_fields=True):
    """A usual place as the file has it: a key that is none is a fault there."""


#: As many as a page offers, and a status carries.
Places = Annotated[
    dict[PlaceKey, PlaceTable],
    msgspec.Meta(
        max_length=12,
        description="at most 12 tables such as { name = 'Marché', km = 6.5 }, with climb_m, site_h "
        "and load_w where they are not as usual",
    ),
]


class ReadinessTable(msgspec.Struct, frozen=True):
    """`places` holds the usual ones by a word of the operator's, which names them in settings."""

    nominal_ah: Annotated[
        float, msgspec.Meta(ge=2, le=500, description="ampere hours, from 2 to 500")
    ] = 30.0
    cells: Annotated[int, msgspec.Meta(ge=4, le=24)] = 13
    chemistry: ChemistryName = "nmc"
    standing_w: Watts = 15.0
    parked_w: Watts = 5.0
    departs: Hour = "09:00"
    places: Places = {}

    @property
    def pack(self) -> Pack:
        return Pack(self.nominal_ah, self.cells, self.chemistry, self.standing_w, self.parked_w)

    @property
    def departs_at(self) -> time:
        """When an outing leaves, in local time, for which nobody said so."""
        return time.fromisoformat(self.departs)
