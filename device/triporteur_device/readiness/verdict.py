"""From facts to a verdict with at most three reasons, and from the reasons to the one action."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from triporteur_device.readiness.rules import RULES, Facts
from triporteur_wire.readiness import MAX_REASONS, Action, Reason, Verdict, What, Why

#: Below, a charge harms the cells (makers' sheets: charge from 0 °C).
_CHARGES_FROM_C = 0.0
_CALLS = frozenset({Why.ALARM, Why.FAULT, Why.CUT, Why.WEAK_CELL})
_CABLES = frozenset({Why.NO_DATA, Why.SILENT, Why.UNKNOWN, Why.NOISY_LINE})
_DOUBTS = frozenset({Why.CHARGE_UNSURE, Why.LONG_SINCE_FULL, Why.CHARGES_DISAGREE})
_ENERGY = frozenset({Why.NOT_ENOUGH, Why.TIGHT, Why.CHARGE_UNKNOWN})


#: What a device says, and does not unsay by falling silent.
_LASTING = tuple(rule for rule in RULES if rule.asks)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an action can count on. `minutes` on the charger until PARTEZ: None when a full charge
    would not do, or nobody knows. `plugged` is None when nobody says."""

    minutes: float | None
    sure_km: float | None
    plugged: bool | None
    coldest_c: float | None


def reasons(facts: Facts, held: Collection[Why]) -> list[Reason]:
    """Everything that speaks against leaving, the worst first; `held` was bad when last known."""
    found = [*_spoken(facts, held), *_missing(facts)]
    found = [one for one in found if not _is_said_by_worse(one, found)]
    return sorted(found, key=lambda one: -one.level.rank)


def still_bad(facts: Facts, held: Collection[Why]) -> tuple[Why, ...]:
    """What to hold against the unit until it is known to be well again."""
    bad = [rule.why for rule in _LASTING if _is_bad(rule.speaks(facts), rule.why in held)]
    return tuple(dict.fromkeys(bad))


def _is_bad(speaks: bool | None, held: bool) -> bool:
    return held if speaks is None else speaks


def verdict(found: Collection[Reason]) -> Verdict:
    """The worst of them; PARTEZ without any."""
    return max((one.level for one in found), key=lambda level: level.rank, default=Verdict.GO)


def action(found: Collection[Reason], remedy: Remedy) -> Action:
    """The one thing to do, for the worst reason that anyone can do something about."""
    if not found:
        return Action(What.UNPLUG_AND_LEAVE if remedy.plugged else What.LEAVE)
    worst = verdict(found)
    whys = {one.why for one in found if one.level is worst}
    if whys & _CALLS:
        return Action(What.CALL_MAINTAINER)
    if Why.NO_DATA in whys:
        return Action(What.CHECK_CABLES)
    if Why.TOO_HOT in whys:
        return Action(What.COOL)
    if whys & _ENERGY:
        if remedy.minutes is None and any(one.why is Why.WEAK_PACK for one in found):
            return Action(What.CALL_MAINTAINER)  # no charge makes it stronger
        return _for_energy(remedy, fits=Why.TIGHT in whys)
    return _for_the_rest(whys)


def shown(found: list[Reason], good: list[Reason]) -> tuple[Reason, ...]:
    """What a glance holds: the worst three, or the good news."""
    return tuple((found or good)[:MAX_REASONS])


def _for_energy(remedy: Remedy, *, fits: bool) -> Action:
    too_cold = remedy.coldest_c is not None and remedy.coldest_c < _CHARGES_FROM_C
    if remedy.minutes is not None and too_cold:
        return Action(What.WARM_THEN_CHARGE, remedy.minutes)
    if remedy.minutes:
        return Action(What.CHARGE, remedy.minutes)
    if fits:
        return Action(What.LEAVE_CAREFULLY)
    return Action(What.SHORTEN, remedy.sure_km) if remedy.sure_km else Action(What.CHARGE_FULLY)


def _for_the_rest(whys: Collection[Why]) -> Action:
    if Why.COLD in whys or Why.TOO_COLD in whys:
        return Action(What.WARM)
    if Why.HOT in whys:
        return Action(What.COOL)
    if not _DOUBTS.isdisjoint(whys):
        return Action(What.CHARGE_FULLY)
    if not _CABLES.isdisjoint(whys):
        return Action(What.CHECK_CABLES)
    return Action(What.CALL_MAINTAINER)


def _spoken(facts: Facts, held: Collection[Why]) -> Iterator[Reason]:
    for rule in RULES:
        if _is_bad(rule.speaks(facts), rule.why in held):
            yield rule.reason(facts)


def _missing(facts: Facts) -> Iterator[Reason]:
    """Without any data, that one reason says it all."""
    words = tuple(dict.fromkeys(rule.asks for rule in RULES if rule.misses(facts)))
    if words and facts.heard:
        yield Reason(Why.UNKNOWN, Verdict.CAUTION, words=words)


_WORSE = {
    Why.TIGHT: Why.NOT_ENOUGH,
    Why.COLD: Why.TOO_COLD,
    Why.HOT: Why.TOO_HOT,
    Why.UNEVEN_CELLS: Why.WEAK_CELL,
    Why.NOT_ENOUGH: Why.NO_DATA,
    Why.CHARGE_UNKNOWN: Why.NO_DATA,
    Why.CHARGE_UNSURE: Why.NO_DATA,
}


def _is_said_by_worse(reason: Reason, found: Collection[Reason]) -> bool:
    worse = _WORSE.get(reason.why)
    return any(one.why is worse for one in found)
