"""What a full run says at its end."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.chaos.play import Outcome

_HEAD = ("scenario", "faults", "produced", "stored", "declared", "worst delay", "verdict")


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The scenarios; then how often each fault was let loose."""
    rows = [_HEAD, *map(_row, outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        name, *figures, verdict = (
            word.ljust(width) if column in (0, len(_HEAD) - 1) else word.rjust(width)
            for column, (word, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((name, *figures, verdict)).rstrip()
    yield ""
    injected: Counter[str] = sum((outcome.injected for outcome in outcomes), Counter())
    yield from (f"{times:6}  {fault}" for fault, times in sorted(injected.items()))
    yield f"{sum(outcome.kills for outcome in outcomes):6}  ends by signal 9 in all"


def _row(outcome: Outcome) -> tuple[str, ...]:
    verdicts = outcome.verdicts.values()
    return (
        outcome.scenario.name,
        str(len(outcome.steps)),
        str(sum(verdict.committed for verdict in verdicts)),
        str(sum(verdict.stored for verdict in verdicts)),
        str(sum(verdict.declared for verdict in verdicts)),
        f"{outcome.worst_delay_s:.1f} s",
        "holds" if outcome.holds else "BROKEN",
    )
