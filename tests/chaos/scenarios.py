"""What a full run goes through. Each scenario is a field, its units and its doses of faults.

`excused` are the reasons that its faults may put on declared ranges: starts of sentences. Most
scenarios excuse nothing: there, not one record may be given up. Where `cards_lie`, what no status
had told of a log is not asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.chaos.schedule import Dose

_DAMAGED = "journal damaged"
_REFUSED = "the storage refused"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`unit_card` and `depot_card` put the storage on a card that can fail.

    `loss_pct` is what part of all packets between a unit and its broker is lost. A hurried unit
    sends again what stayed unanswered for `resend_after_s`; the product's own patience is 60 s.
    """

    name: str
    seconds: float
    doses: Sequence[Dose]
    hurried: int = 1
    riding: int = 0
    rate: float = 200
    queue: int = 5000
    unit_card: bool = False
    depot_card: bool = False
    cards_lie: bool = False
    loss_pct: int = 0
    backlog_days: int = 0
    excused: Sequence[str] = ()
    synchronous: str = "FULL"
    resend_after_s: float = 60.0
    patience_s: float = 150.0


_LINK = (
    Dose("black hole", 3, 2, 12),
    Dose("black hole, then reset", 2, 2, 12),
    Dose("one-way link", 2, 2, 12),
    Dose("half-open link", 3),
    Dose("reset link", 5),
)
_KILLS = (
    Dose("kill unit", 60, 0, 1),
    Dose("reboot unit", 15, 0, 1),
    Dose("kill kiosk", 10, 0, 1),
    Dose("kill depot", 30, 0, 3),
    Dose("kill broker", 8, 0, 2),
)

FULL: tuple[Scenario, ...] = (
    Scenario("signal 9 for the unit", 40, [Dose("kill unit", 40, 0, 0.3)], riding=1),
    Scenario("signal 9 for the depot", 40, [Dose("kill depot", 25, 0, 0.5)]),
    Scenario("signal 9 for the broker", 50, [Dose("kill broker", 10, 0, 2)]),
    Scenario("signal 9 for all", 100, _KILLS, hurried=2, riding=1),
    Scenario("a black hole of 45 s", 5, [Dose("black hole", 1, 45, 45)]),
    Scenario("a link that fails", 60, _LINK, hurried=2),
    Scenario("one packet in ten lost", 40, [Dose("kill unit", 4, 0, 1)], loss_pct=10),
    Scenario("death between commit and ack", 30, [Dose("depot dies before its ack", 2, 12, 15)]),
    Scenario("a depot that hangs, a short queue", 5, [Dose("depot hangs", 1, 20, 25)], queue=10),
    Scenario("ACL denial", 30, [Dose("ACL denies", 3, 3, 8)]),
    Scenario("two ingests", 30, [Dose("two ingests", 2, 10, 20), Dose("kill depot", 5, 0, 2)]),
    Scenario(
        "a depot restored from a copy",
        40,
        [Dose("depot restored from a copy", 3, 5, 12), Dose("kill unit", 8, 0, 1)],
    ),
    Scenario(
        "a depot's machine restored",
        20,
        [Dose("depot's machine restored", 1, 15, 20), Dose("kill unit", 12, 0, 1)],
    ),
    Scenario(
        "clocks that jump",
        40,
        [Dose("clock jumps", 15, 1, 4), Dose("reboot unit", 6, 0, 1)],
        hurried=1,
        riding=1,
    ),
    Scenario(
        "a card that refuses",
        50,
        [
            Dose("card full", 3, 2, 6),
            Dose("card read-only", 3, 2, 6),
            Dose("card fails", 3, 2, 6),
            Dose("kill unit", 6, 0, 1),
        ],
        unit_card=True,
        excused=(_REFUSED,),
    ),
    Scenario("a journal damaged", 40, [Dose("journal damaged", 6, 0, 1)], excused=(_DAMAGED,)),
    Scenario(
        "a journal cut short",
        40,
        [Dose("journal's WAL cut short", 8, 0, 1)],
        cards_lie=True,
        excused=("",),
    ),
    Scenario(
        "a depot's disk that refuses",
        40,
        [
            Dose("depot's disk full", 2, 2, 6),
            Dose("depot's disk read-only", 2, 2, 6),
            Dose("depot's disk fails", 2, 2, 6),
            Dose("kill depot", 4, 0, 1),
        ],
        depot_card=True,
    ),
    Scenario("a depot's database damaged", 40, [Dose("depot's database damaged", 4, 0, 1)]),
    Scenario("power cuts aboard", 60, [Dose("power cut", 40, 0, 0.3)], unit_card=True),
    Scenario(
        "power cuts at the depot", 40, [Dose("depot's power cut", 12, 0, 0.5)], depot_card=True
    ),
    Scenario("thirty days without a depot", 5, [Dose("kill depot", 2, 0, 1)], backlog_days=30),
    Scenario(
        "everything at once",
        100,
        [
            *_LINK,
            *_KILLS,
            Dose("clock jumps", 6, 1, 4),
            Dose("power cut", 8, 0, 1),
            Dose("depot's power cut", 4, 0, 1),
            Dose("card full", 2, 2, 5),
            Dose("depot's disk full", 2, 2, 5),
            Dose("depot dies before its ack", 1, 10, 15),
            Dose("ACL denies", 2, 2, 5),
        ],
        hurried=2,
        unit_card=True,
        depot_card=True,
        excused=(_REFUSED,),
    ),
)
