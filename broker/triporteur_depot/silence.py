"""From when on a unit that does not speak is silent."""

from triporteur_wire.messages import Status

#: This many missed statuses, and no less than _LEAST_S. A period longer than this is not believed:
#: it would hide a silence.
_MISSED = 3
_LEAST_S = 30.0
_LONGEST_PERIOD_S = 15 * 60.0


def patience_s(status: Status | None) -> float:
    """How long a unit may be unheard that last said this."""
    period_s = status.period_s if status else 0.0
    return max(_MISSED * min(period_s, _LONGEST_PERIOD_S), _LEAST_S)
