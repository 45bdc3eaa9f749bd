"""One budget for the SIM, divided so that what a phone was promised is never given to another.

A newcomer is promised a tenth of what nobody holds a promise on, or what the operator allows one
phone in a day if that is less. Whoever comes first gets the largest share, and nine tenths are left
all the same; what a phone did not use goes back when its time is over. Who needs more may ask
again: an application that loads in the background cannot.
"""

_SHARES = 10
#: What one errand on a public service's pages takes at least; less is not worth a promise, unless
#: the whole day is small.
_SMALLEST = 2_000_000
_SMALL_PARTS = 200


class NoShare(Exception):
    """Nothing worth having is left: of the phone's own part of the day if `own`, else of all."""

    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self.own = own


def share(
    day_bytes: int | None, phone_bytes: int | None, *, unpromised: int | None, eaten: int
) -> int | None:
    """Bytes that a newcomer is promised; None where nothing is limited. Raises NoShare.

    `unpromised` is what is left of `day_bytes` beyond all running promises, `eaten` what this phone
    has had today.
    """
    most = phone_bytes
    if most is None and day_bytes is not None:
        most = day_bytes // _SHARES
    if most is None:
        return None
    own = most - eaten
    if own < min(_SMALLEST, most):
        raise NoShare(own=True)
    if day_bytes is None or unpromised is None:
        return own
    free = unpromised // _SHARES
    if free < min(_SMALLEST, day_bytes // _SMALL_PARTS):
        raise NoShare(own=False)
    return min(own, free)
