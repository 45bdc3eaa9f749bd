"""What a unit itself needs."""

import msgspec
import pytest

from triporteur_device.updates.reception import _GONE
from triporteur_device.updates.refused import Refused
from triporteur_device.updates.signing import fitting
from triporteur_wire.messages import Card, Delivery, LinkUse, Status
from triporteur_wire.parcels import Applied
from triporteur_wire.releases import Manifest, Told
from triporteur_wire.upkeep import Need, Needed, Remedy, remedy, upkeep

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
            Needed(Need.RELEASE, words=("1.4.0", "failed", "mend")),
        ),
        (
            {"release": Told("1.4.0", "waiting", 3, _GONE, 0, 5_700_000)},
            Needed(Need.RELEASE, words=("1.4.0", "waiting", "send")),
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
        {"release": Told("1.4.0", "waiting", 3, "5.7 MB lack, and the month has 8.0 left")},
        {"release": Told("1.4.0", "waiting", 0, _GONE)},
        {"release": Told("1.4.0", "refused", 0, "somebody beside the unit was told")},
    ],
)
def test_what_nobody_knows_is_not_held_against_a_unit(unknown: dict[str, object]) -> None:
    assert upkeep(msgspec.structs.replace(STATUS, **unknown)) == []


@pytest.mark.parametrize(
    ("machine", "runs", "package", "needed"),
    [
        ("x86_64", "1.3", "1.0", Remedy.WITHDRAW),
        ("aarch64", "1.4", "1.0", Remedy.WITHDRAW),
        ("aarch64", "1.3", "0.9", Remedy.MEND),
    ],
)
def test_a_release_that_a_unit_would_refuse_again_is_not_to_be_sent_again(
    machine: str, runs: str, package: str, needed: Remedy
) -> None:
    with pytest.raises(Refused) as refused:
        fitting(Manifest(1, "1.4", "aarch64", "1.0", ()), machine, runs, package)
    assert remedy(Told("1.4", "refused", 3, str(refused.value))) is needed
