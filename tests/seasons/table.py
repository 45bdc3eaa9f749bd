"""What a run of seasons says at its end: this product, and beside it what people do today."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.seasons.season import Played
from triporteur_wire.readiness import Verdict

#: What is promised. Refusals: of the outings that would have ended with a quarter to spare.
MOST_REFUSED_PCT = 5.0
MOST_RANGE_ERROR_PCT = 10.0
MOST_CHARGE_ERROR = 3.0
#: Errors of the range count after so many rides.
_LEARNT = 10


@dataclass(frozen=True, slots=True)
class Score:
    """One law, over all its seeds. `let_empty` is how many were sent out and ran empty, and
    `warned_empty` how many left with ATTENTION and did."""

    outings: int
    sent: int
    let_empty: int
    warned_empty: int
    comfortable: int
    refused_pct: float
    range_error_pct: float
    charge_error: float
    charge_error_p90: float

    @property
    def holds(self) -> bool:
        """Whether every promise is kept."""
        return (
            not self.let_empty
            and self.refused_pct <= MOST_REFUSED_PCT
            and self.range_error_pct <= MOST_RANGE_ERROR_PCT
            and self.charge_error <= MOST_CHARGE_ERROR
        )


def ours(played: Sequence[Played]) -> Score:
    return _score(
        played,
        goes=lambda one: one.verdict is Verdict.GO,
        warns=lambda one: one.verdict is Verdict.CAUTION,
        refuses=lambda one: one.verdict is Verdict.NO_GO,
        foreseen_wh=lambda one: one.foreseen_wh,
        soc=lambda one: one.said_soc,
    )


def today(played: Sequence[Played]) -> Score:
    """The board's own percentage and a fixed 20 Wh/km: leave when the sum fits."""
    return _score(
        played,
        goes=lambda one: one.today_goes,
        warns=lambda _: False,
        refuses=lambda one: not one.today_goes,
        foreseen_wh=lambda one: one.today_wh,
        soc=lambda one: one.board_soc,
    )


HEAD = (
    f"{'law':10}{'who':8}{'outings':>8}{'PARTEZ':>8}{'ran empty':>10}{'on ATTENTION':>13}"
    f"{'comfortable':>12}{'refused':>9}{'range error':>12}{'charge error':>13}{'p90':>7}"
)


def rows(law: str, we: Score, they: Score) -> Iterator[str]:
    """Two rows under `HEAD`, in plain text."""
    yield _row(law, "ours", we)
    yield _row(law, "today", they)


def _row(law: str, who: str, score: Score) -> str:
    return (
        f"{law:10}{who:8}{score.outings:8}{score.sent:8}{score.let_empty:10}{score.warned_empty:13}"
        f"{score.comfortable:12}"
        f"{score.refused_pct:8.1f}%{score.range_error_pct:11.1f}%{score.charge_error:13.1f}"
        f"{score.charge_error_p90:7.1f}"
    )


def _score(
    played: Sequence[Played],
    *,
    goes: Callable[[Played], bool],
    warns: Callable[[Played], bool],
    refuses: Callable[[Played], bool],
    foreseen_wh: Callable[[Played], float],
    soc: Callable[[Played], float],
) -> Score:
    comfortable = [one for one in played if one.comfortable]
    learnt = [one for one in played if one.number > _LEARNT and not one.trip.ran_empty]
    errors = sorted(abs(soc(one) - one.true_soc) for one in played)
    return Score(
        outings=len(played),
        sent=sum(map(goes, played)),
        let_empty=sum(goes(one) and one.trip.ran_empty for one in played),
        warned_empty=sum(warns(one) and one.trip.ran_empty for one in played),
        comfortable=len(comfortable),
        refused_pct=100 * sum(map(refuses, comfortable)) / max(len(comfortable), 1),
        range_error_pct=statistics.median(
            100 * abs(foreseen_wh(one) / one.trip.used_wh - 1) for one in learnt
        ),
        charge_error=statistics.median(errors),
        charge_error_p90=errors[int(0.9 * len(errors))],
    )
