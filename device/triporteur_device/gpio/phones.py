"""When visitors' phones may be charged: the way home comes first."""

#: A device that is silent for a moment must not make a relay clatter.
_TRUST_MS = 600_000


class PhoneSupply:
    """On above one charge, off below another, as before in between.

    While nobody says how full the battery is, it stays as it was for ten minutes and is then cut:
    a phone can wait, and no one pushes a loaded trike home. So it is off until the first charge.
    """

    def __init__(self, off_below_pct: float, on_above_pct: float) -> None:
        self._off_below_pct = off_below_pct
        self._on_above_pct = on_above_pct
        self._known_ms: int | None = None
        self._on = False

    def decide(self, charge_pct: float | None, now_ms: int) -> bool:
        """Whether the supply is on, at this charge (None while no source gives it)."""
        if charge_pct is not None:
            self._known_ms = now_ms
            if charge_pct < self._off_below_pct:
                self._on = False
            elif charge_pct >= self._on_above_pct:
                self._on = True
        elif self._known_ms is None or now_ms - self._known_ms > _TRUST_MS:
            self._on = False
        return self._on
