"""What the operator grants, in the units the gate counts in."""

from dataclasses import dataclass

from triporteur_wire.gate import Access


@dataclass(frozen=True, slots=True)
class Terms:
    """`session_s` is how long one welcome lasts.

    `day_bytes` is what the SIM may carry for visitors in a day, both ways, None for no limit;
    `phone_bytes` the most of it for one phone in a day, None for a tenth.
    `most_stations` is how many phones the radio holds.
    """

    access: Access
    session_s: float
    day_bytes: int | None
    phone_bytes: int | None
    most_stations: int
