"""A season of outings, judged before and known after; beside it, what people do today."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from tests.seasons.life import Life, Trip
from tests.seasons.road import Day
from triporteur_wire.readiness import Outing, Verdict

_DAY_S = 86_400.0
#: What people do today: the board's own percentage of the label, and a fixed cost.
TODAY_WH_KM = 20.0
_UNPLUGGED_S = 900.0


@dataclass(frozen=True, slots=True)
class Played:
    """One outing: what was said before, and what was, or would have been, true.

    Charges in points. `rest_error` is ours at rest, None where it did not rest an hour.
    """

    number: int
    verdict: Verdict
    trip: Trip
    foreseen_wh: float
    said_soc: float
    said_sigma: float
    true_soc: float
    board_soc: float
    rest_error: float | None
    board_rest_error: float | None
    today_goes: bool
    today_wh: float

    @property
    def comfortable(self) -> bool:
        return not self.trip.ran_empty and self.trip.left >= 0.25


def season(law: str, seed: int, outings: int) -> Iterator[Played]:
    """Plays `outings` outings. A unit told not to leave stays at home: what would have happened is
    played out in a copy of the world."""
    life = Life(law, seed)
    rng = life.rng
    number, day_no = 0, 0
    midnight_s = life.now_s // _DAY_S * _DAY_S
    while number < outings:
        day_no += 1
        midnight_s += _DAY_S
        day = life.draw_day(day_no)
        if midnight_s // _DAY_S % 7 in (2, 3):  # Saturday and Sunday, from Thursday 1970-01-01
            _night(life, midnight_s + _DAY_S)
            continue
        departs_s = midnight_s + rng.uniform(8.0, 13.5) * 3600
        outing = _draw_outing(life, departs_s)
        life.plan = (outing,)
        life.keeper.plan(life.plan)
        _night(life, departs_s - _UNPLUGGED_S)
        life.switch(on=True)
        life.stand(departs_s, 30.0, life.parked_w)
        number += 1
        yield _play(life, outing, day, number)


def _night(life: Life, until_s: float) -> None:
    """From the return to the morning: plugged in soon, late, or not at all."""
    rng = life.rng
    dice = rng.random()
    after_s = rng.uniform(300, 2400) if dice < 0.75 else rng.uniform(1.2, 5) * 3600
    plugged_s = min(life.now_s + after_s, until_s)
    if life.by_key:
        life.switch(on=False)
    if dice > 0.94:
        life.park(until_s, plugged=False)
        return
    life.park(plugged_s, plugged=False)
    short_s = rng.uniform(1.5, 4) * 3600 if rng.random() < 0.12 else until_s
    life.park(min(until_s, plugged_s + short_s), plugged=True)
    life.park(until_s, plugged=False)


def _draw_outing(life: Life, departs_s: float) -> Outing:
    """One the team believes this trike can do: a part of its battery, or a bit too much of it."""
    rng = life.rng
    site_h = rng.choice((2.0, 3.0, 4.0, 5.0, 6.0))
    share = rng.betavariate(2.0, 3.0)
    km = max(2.0, (share * life.wh_full - site_h * life.site_w) / 22.0)
    km = round(min(km, 32.0), 1)
    climb_m = float(round(km * rng.uniform(1.0, 12.0)))
    return Outing(km, climb_m, site_h, round(life.site_w, -1), "marché", round(departs_s * 1000))


def _play(life: Life, outing: Outing, day: Day, number: int) -> Played:
    said = life.keeper.readiness(life.mono_ms, life.utc_ms)
    true, told = 100 * life.battery.charge, life.board.tell()
    stays = said.verdict is Verdict.NO_GO
    world = copy.deepcopy(life) if stays else life
    trip = world.go(outing, day)
    rest, board_rest = _rest_errors(life)
    today_wh = outing.km * TODAY_WH_KM
    has_wh = told.soc_pct / 100 * life.battery.nominal_ah * life.law.cells * life.law.rest_v(0.5)
    return Played(
        number, said.verdict, trip, said.needed_likely_wh, said.soc_pct or 0.0,
        said.soc_sigma_pct or 0.0, true, told.soc_pct, rest, board_rest,
        has_wh >= today_wh, today_wh,
    )  # fmt: skip


def _rest_errors(life: Life) -> tuple[float | None, float | None]:
    """How far off both charges are now, when the unit is on and the battery rests."""
    said = life.keeper.readiness(life.mono_ms, life.utc_ms).soc_pct
    if said is None:
        return None, None
    true = 100 * life.battery.charge
    return said - true, life.board.tell().soc_pct - true
