"""How far phones get now: what was configured, or less while the uplink or the budget is out."""

from dataclasses import dataclass

from triporteur_wire.gate import Access, Because


@dataclass(frozen=True, slots=True)
class Held:
    """What holds, and why it is less than what was configured; None when it is not."""

    access: Access
    because: Because | None = None


def held(
    configured: Access,
    *,
    hotspot: bool,
    uplink: bool | None,
    bytes_left: int | None,
    spent_unknown: bool = False,
) -> Held:
    """`uplink` is None while nobody knows: then it is not relied upon.

    `spent_unknown` is whether nothing is left because nobody knows what was spent.

    A closed hotspot is no reason: nobody is there to be told one.
    """
    if configured == "local" or not hotspot:
        return Held("local")
    if not uplink:
        return Held("local", "uplink_lost")
    if bytes_left == 0:
        return Held("local", "budget_unknown" if spent_unknown else "budget_spent")
    return Held(configured)
