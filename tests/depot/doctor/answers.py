"""What a check answers, and the instant at which it looks."""

from datetime import UTC, datetime

from triporteur_depot.clock import Machine
from triporteur_depot.doctor import Bedside
from triporteur_wire.findings import Answer, Verdict

OK, ATTENTION, WRONG = Verdict.OK, Verdict.ATTENTION, Verdict.WRONG
NOW_MS = round(datetime.now(UTC).timestamp() * 1000)
YEAR_MS = 365 * 86_400_000
ADRIFT = Machine(is_held=False, is_steered=True, keeps_time=True)


def is_so(answer: Answer, verdict: Verdict, *words: str) -> bool:
    return answer[0] is verdict and all(word in answer[1] for word in words)


def here(years_on: float = 0) -> Bedside:
    """At this machine, that many years from now."""
    now_ms = round(datetime.now(UTC).timestamp() * 1000)
    return Bedside(now_ms + round(years_on * YEAR_MS))
