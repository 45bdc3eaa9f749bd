"""What a release may cost of the month: the records of the rides go first."""

from triporteur_device.updates.spending import Spent
from triporteur_wire.messages import LinkUse

#: Of what the month has left, a release takes half at the most. As it comes, what lacks shrinks
#: twice as fast as that half: one that began ends, unless something else takes the rest.
_SHARE = 0.5
#: A link that carries everything twice brings it still; besides, other news may come meanwhile.
_MOST_TIMES = 3
_SPARE_BYTES = 300_000


def over_budget(link: LinkUse, lacking_bytes: int) -> str:
    """Why what lacks cannot come this month, in a sentence; empty when it can."""
    if not link.budget_bytes:
        return ""
    left = max(0, link.budget_bytes - link.sent_bytes - link.received_bytes)
    if lacking_bytes <= _SHARE * left:
        return ""
    return (
        f"{lacking_bytes / 1e6:.1f} MB lack, and the month has {left / 1e6:.1f} left: at most half "
        "of that is for a release"
    )


def over_worth(spent: Spent) -> str:
    """Why a link that loses so much brings no more this month; empty while it does."""
    if spent.came_bytes <= _MOST_TIMES * spent.lacked_bytes + _SPARE_BYTES:
        return ""
    return (
        f"{spent.came_bytes / 1e6:.1f} MB came, and {spent.lacked_bytes / 1e6:.1f} lacked: the "
        "link loses too much, and it goes on next month"
    )
