"""What the unit says of the release that was wanted aboard last."""

from msgspec.structs import replace

from triporteur_device.updates.arrivals import Wanted, revision_of
from triporteur_device.updates.choosing import is_chosen
from triporteur_device.updates.offers import Wish
from triporteur_device.updates.places import Places
from triporteur_device.updates.state import Last, State
from triporteur_wire.releases import Outcome, Told

#: It travels with every status.
_LONGEST_WHY = 300
_OTHER = "another release goes first"


def told_of(wish: Wish, outcome: Outcome, why: str = "") -> Told:
    """Of what the depot wishes."""
    return Told(wish.offer.version, outcome, wish.revision, why[:_LONGEST_WHY])


def told_done(places: Places, state: State, wish: Wish) -> Told | None:
    """What root did of the depot's wish; None while it is the agent's to go on.

    What root had run once, and does not run now, may be tried again: another package took over.
    """
    last = state.last
    if not state.trial and is_chosen(places, state, wish.offer.digest):
        return told_of(wish, Outcome.RUNNING)
    if last is None or not last.is_about(wish.offer.digest, wish.wanted.wish):
        return None
    is_over = last.outcome in {Outcome.TRIAL, Outcome.REFUSED, Outcome.FAILED}
    return _told(last) if is_over else None


def told_besides(places: Places, state: State, given: Wanted | None) -> Told | None:
    """Where the depot wishes nothing: of what somebody gave beside the unit, `given` if it lies
    there still. What was withdrawn is told while it runs all the same.
    """
    last = state.last
    if last is None:
        return None
    match last.outcome:
        case Outcome.RUNNING:
            is_told = is_chosen(places, state, last.digest)
        case Outcome.TRIAL:
            is_told = True
        case Outcome.WAITING:
            is_told = _is_about(last, given)
        case _:
            is_told = not revision_of(last.wish)
    return _told(last) if is_told else None


def told_behind(wish: Wish, last: Last | None, given: Wanted | None) -> Told:
    """While another release goes first: `given`, as far as that is known, and what it waits for."""
    why = last.why if last and _is_about(last, given) else ""
    return told_of(wish, Outcome.WAITING, f"{_OTHER}: {why}" if why else _OTHER)


def with_why(told: Told, wish: Wish, last: Last | None) -> Told:
    """Once all of it is there, root says what it waits for."""
    if told.outcome != Outcome.WAITING or told.why or not last:
        return told
    if not last.is_about(wish.offer.digest, wish.wanted.wish):
        return told
    return replace(told, why=last.why[:_LONGEST_WHY])


def _is_about(last: Last, given: Wanted | None) -> bool:
    return given is not None and last.is_about(given.offer.digest, given.wish)


def _told(last: Last) -> Told:
    return Told(last.version, last.outcome, revision_of(last.wish), last.why[:_LONGEST_WHY])
