"""What a unit itself needs."""

import msgspec
import pytest

from triporteur_wire.messages import Card, Delivery, LinkUse, Status
from triporteur_wire.parcels import Applied
from triporteur_wire.releases import Told
from triporteur_wire.upkeep import Need, Needed, upkeep

DAY_MS = 86_400_000
NOW_MS = 1_800_000_000_000
STATUS = Status(
    "ben",
    "",
    "1",
    1,
    1,
    NOW_MS,
    15,
    {},
    {},
    Delivery(True, 0, None, 0, {}),
    Card(40_000, 8_000_000_000),
    LinkUse("2026-11", 10_000_000, 2_000_000, 500_000_000),
    {"settings": Applied(3, "a" * 64)},
    NOW_MS + 300 * DAY_MS,
)


def test_a_unit_in_order_needs_nothing() -> None:
    assert upkeep(STATUS) == []


@pytest.mark.parametrize(
    ("changed", "needed"),
    [
        ({"certified_until_utc_ms": NOW_MS + 59 * DAY_MS}, Needed(Need.CERTIFICATE, 59)),
        ({"certified_until_utc_ms": NOW_MS - DAY_MS}, Needed(Need.CERTIFICATE, 0)),
        ({"card": Card(1, 250_000_000)}, Needed(Need.CARD, 250)),
        ({"link": LinkUse("2026-11", 400, 600, 1000)}, Needed(Need.LINK, 0.001)),
        (
            {"applied": {"content/portal": Applied(3, "", 4, ("why",))}},
            Needed(Need.REFUSED, words=("content/portal",)),
        ),
        (
            {"release": Told("1.4.0", "failed", 3, "why")},
            Needed(Need.RELEASE, words=("1.4.0", "failed")),
        ),
    ],
)
def test_what_is_wrong_is_needed(changed: dict[str, object], needed: Needed) -> None:
    assert upkeep(msgspec.structs.replace(STATUS, **changed)) == [needed]


@pytest.mark.parametrize(
    "unknown",
    [
        {"utc_ms": None, "certified_until_utc_ms": 0},
        {"card": Card()},
        {"link": None},
        {"link": LinkUse("", 10**12, 0, 0)},
        {"release": Told("1.4.0", "arriving", 3)},
        {"release": Told("1.4.0", "refused", 0, "somebody beside the unit was told")},
    ],
)
def test_what_nobody_knows_is_not_held_against_a_unit(unknown: dict[str, object]) -> None:
    assert upkeep(msgspec.structs.replace(STATUS, **unknown)) == []
