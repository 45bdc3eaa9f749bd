"""What a release may cost of the month: the records of the rides go first."""

from triporteur_wire.messages import LinkUse

#: Of what the month has left, a release takes half at the most. As it comes, what lacks shrinks
#: twice as fast as that half: one that began ends, unless something else takes the rest.
_SHARE = 0.5


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
