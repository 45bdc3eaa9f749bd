"""Whether now is a time for another release, by what the agent said last.

Read field by field, and what is not understood passed over: a later agent may say more.
"""

from collections.abc import Callable, Collection

import msgspec

from triporteur_wire.plan import OVERRUN_H, foreseen_h
from triporteur_wire.quantities import at_a_battery
from triporteur_wire.reading import Unreadable, decode

#: A change takes minutes; what the team does next must not wait for it.
_BEFORE_MS = 30 * 60_000
_MOVING_KMH = 1.5
_CHARGES_A = 0.3
_LEAST_PCT = 30.0
_OUTING = "an outing is under way, or begins soon"
_LOW = f"the battery is below {_LEAST_PCT:.0f} %, and does not charge"


class _Reading(msgspec.Struct):
    value: object


class _Outing(msgspec.Struct):
    km: float
    site_h: float
    departs_utc_ms: int | None = None


class _Plan(msgspec.Struct):
    today: _Outing | None = None


class _Readiness(msgspec.Struct):
    soc_pct: float | None = None


class _Said(msgspec.Struct):
    utc_ms: int | None = None
    readings: dict[str, dict[str, _Reading]] = {}
    readiness: _Readiness | None = None
    plan: _Plan | None = None

    def says(self, quantity: str) -> list[object]:
        """What each source says of it."""
        values = (source.get(quantity) for source in self.readings.values())
        return [found.value for found in values if found]

    def numbers(self, quantity: str) -> list[float]:
        return [one for one in self.says(quantity) if isinstance(one, int | float)]

    def is_above(self, quantity: str, limit: float) -> bool:
        return any(one > limit for one in self.numbers(quantity))

    def of(self, fits: Callable[[Collection[str]], bool]) -> "_Said":
        """What fitting sources say, and nothing else."""
        return _Said(readings={name: each for name, each in self.readings.items() if fits(each)})


_SAID = msgspec.json.Decoder(_Said)


def unsuited(snapshot: bytes) -> str:
    """Why a change does not suit, in a sentence; empty when it does, or nobody can say."""
    try:
        said = decode(_SAID, snapshot)
    except Unreadable:
        return ""
    charges = _charges(said)
    if _is_out(said, charges=charges):
        return _OUTING
    soc_pct = said.readiness.soc_pct if said.readiness else None
    return _LOW if soc_pct is not None and soc_pct < _LEAST_PCT and not charges else ""


def _charges(said: _Said) -> bool:
    """A plug that is watched tells; else what flows into the battery beyond what panels give."""
    if plugged := said.says("charger_plugged"):
        return True in plugged
    panels = said.of(lambda values: "panel_voltage_v" in values).numbers("current_a")
    return said.of(at_a_battery).is_above("current_a", _CHARGES_A + sum(panels))


def _is_out(said: _Said, *, charges: bool) -> bool:
    """Where the key cuts the computer's power it is always on: the charger then tells."""
    if said.is_above("speed_kmh", _MOVING_KMH) or (True in said.says("key_on") and not charges):
        return True
    outing = said.plan.today if said.plan else None
    if outing is None or outing.departs_utc_ms is None or said.utc_ms is None:
        return False
    hours = foreseen_h(outing.km, outing.site_h) + OVERRUN_H
    back_ms = outing.departs_utc_ms + hours * 3_600_000
    return outing.departs_utc_ms - _BEFORE_MS <= said.utc_ms <= back_ms
