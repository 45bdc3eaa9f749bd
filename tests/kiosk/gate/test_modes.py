"""What holds now: never more than was configured, and less for a reason that is said."""

from itertools import product

import pytest

from triporteur_kiosk.gate.keeper.modes import Held, held
from triporteur_wire.gate import Access


@pytest.mark.parametrize("access", ["partners", "open"])
def test_with_uplink_and_budget_what_was_configured_holds(access: Access) -> None:
    assert held(access, hotspot=True, uplink=True, bytes_left=1) == Held(access)
    assert held(access, hotspot=True, uplink=True, bytes_left=None) == Held(access)


@pytest.mark.parametrize("access", ["partners", "open"])
def test_without_uplink_or_budget_only_the_portal_holds_and_why_is_said(access: Access) -> None:
    assert held(access, hotspot=True, uplink=False, bytes_left=1) == Held("local", "uplink_lost")
    assert held(access, hotspot=True, uplink=True, bytes_left=0) == Held("local", "budget_spent")
    unknown = held(access, hotspot=True, uplink=True, bytes_left=0, spent_unknown=True)
    assert unknown == Held("local", "budget_unknown")


def test_an_uplink_that_nobody_knows_of_is_not_relied_upon() -> None:
    assert held("open", hotspot=True, uplink=None, bytes_left=None) == Held("local", "uplink_lost")


@pytest.mark.parametrize(("uplink", "left"), list(product([None, True, False], [None, 0, 5])))
def test_where_only_the_portal_was_configured_nothing_is_missing(
    uplink: bool | None, left: int | None
) -> None:
    assert held("local", hotspot=True, uplink=uplink, bytes_left=left) == Held("local")


def test_a_closed_hotspot_lets_nobody_out() -> None:
    assert held("open", hotspot=False, uplink=True, bytes_left=None) == Held("local")
