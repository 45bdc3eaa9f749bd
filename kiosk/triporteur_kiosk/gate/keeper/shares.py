"""One budget for the SIM, divided so that what a phone was promised is never given to another.

What nobody holds a promise on is taken for as many parts as the radio holds phones, fifty at most;
a newcomer is promised one, or what the operator allows one phone in a day if that is less. So
whoever comes first gets a little more, and whoever comes late finds something; what a phone did not
use goes back when its time is over. Who needs more may ask again: an application that loads in the
background cannot.

Partners' sites are for who did not ask, so that nothing can be promised: each may have a part of
the whole day, and anew when a session's time is over.
"""

_MOST_PARTS = 50
#: Where the operator does not say, a phone has no more than this part of a day.
_OF_A_DAY = 10
#: What one errand on a public service's pages takes at least; less is not worth a promise, unless
#: the whole day is small.
_SMALLEST = 2_000_000
_SMALL_PARTS = 200


class NoShare(Exception):
    """Nothing worth having is left: of the phone's own part of the day if `own`, else of all."""

    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self.own = own


def own_part(day_bytes: int | None, phone_bytes: int | None) -> int | None:
    """Bytes that one phone may have in a day; None without a limit."""
    if phone_bytes is None and day_bytes is not None:
        return day_bytes // _OF_A_DAY
    return phone_bytes


def unasked_part(day_bytes: int | None, most_stations: int) -> int | None:
    """Bytes that a phone may have in the time of a session, without asking."""
    return None if day_bytes is None else day_bytes // _parts(most_stations)


def share(
    day_bytes: int | None,
    phone_bytes: int | None,
    *,
    unpromised: int | None,
    eaten: int,
    most_stations: int,
) -> int | None:
    """Bytes that a newcomer is promised; None where nothing is limited. Raises NoShare.

    `unpromised` is what is left of `day_bytes` beyond all running promises, `eaten` what this phone
    has had today, `most_stations` how many phones the radio holds.
    """
    most = own_part(day_bytes, phone_bytes)
    if most is None:
        return None
    own = most - eaten
    if own < min(_SMALLEST, most):
        raise NoShare(own=True)
    if day_bytes is None or unpromised is None:
        return own
    free = unpromised // _parts(most_stations)
    if free < min(_SMALLEST, day_bytes // _SMALL_PARTS):
        raise NoShare(own=False)
    return min(own, free)


def _parts(most_stations: int) -> int:
    return min(most_stations, _MOST_PARTS)
