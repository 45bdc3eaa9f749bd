"""The table `[gpio]` of `unit.toml`: what is wired to which pin."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

Role = Literal["charger", "key", "button", "wheel", "lamp", "phones"]
ROLES: tuple[Role, ...] = ("charger", "key", "button", "wheel", "lamp", "phones")
_TOLD: tuple[Role, ...] = ("charger", "key", "wheel", "phones")

#: A value older than this is absent: five readings missed.
STALE_AFTER_MS = 10_000

Pin = Annotated[
    Annotated[int, msgspec.Meta(ge=0, le=27)] | None,
    msgspec.Meta(description="the number of a GPIO, from 0 to 27"),
]
Inverted = Annotated[tuple[Role, ...], msgspec.Meta(description=f"a list of {', '.join(ROLES)}")]
#: From the wheel of a folding trailer to twice a large one.
Circumference = Annotated[
    Annotated[float, msgspec.Meta(ge=0.2, le=5)] | None,
    msgspec.Meta(description="metres, from 0.2 to 5"),
]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100, description="percent, from 0 to 100")]


class GpioTable(msgspec.Struct, frozen=True):
    """Pins by their GPIO number; None where nothing is wired.

    An input acts when it is connected to ground, an output when it is high; those `inverted`, the
    other way round. The phones' supply is cut below one charge, and given again above another.
    """

    charger: Pin = None
    key: Pin = None
    button: Pin = None
    wheel: Pin = None
    lamp: Pin = None
    phones: Pin = None
    inverted: Inverted = ()
    wheel_circumference_m: Circumference = None
    wheel_pulses: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    phones_off_below_pct: Percent = 30.0
    phones_on_above_pct: Percent = 40.0

    def pin(self, role: Role) -> int | None:
        found: int | None = getattr(self, role)
        return found

    @property
    def is_wired(self) -> bool:
        return any(self.pin(role) is not None for role in ROLES)

    @property
    def is_source(self) -> bool:
        """Whether anything is wired that can be told: a button and a lamp cannot."""
        return any(self.pin(role) is not None for role in _TOLD)

    def faults(self) -> Iterator[str]:
        """What no key could see alone, one sentence each."""
        wired = Counter(self.pin(role) for role in ROLES)
        for pin, count in wired.items():
            if pin is not None and count > 1:
                roles = ", ".join(role for role in ROLES if self.pin(role) == pin)
                yield f"[gpio] pin {pin} found for {roles}; expected one wire on each pin"
        if self.wheel is not None and self.wheel_circumference_m is None:
            yield "[gpio] wheel_circumference_m is missing: without it pulses are no distance"
        if self.phones_on_above_pct < self.phones_off_below_pct:
            yield (
                f"[gpio] phones_on_above_pct found {self.phones_on_above_pct:g}; expected "
                f"phones_off_below_pct ({self.phones_off_below_pct:g}) or more"
            )
