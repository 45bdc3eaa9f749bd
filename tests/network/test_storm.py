"""A crowd that comes at once: nobody is left without a page. `make storm` says how fast."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.network.lab import Lab
from tests.network.limit import CannotBeHeld, ahead, held_to
from tests.network.storm import QUARTER, storm
from tests.network.unit import Unit

pytestmark = pytest.mark.slow


def test_a_hundred_and_fifty_phones_all_see_the_page(tmp_path: Path) -> None:
    with ExitStack() as stack:
        # Tests beside would be phones that fall silent between two words, and are hung up on.
        stack.enter_context(ahead())
        try:
            slowly = stack.enter_context(held_to(QUARTER))
        except CannotBeHeld:
            slowly = ()  # then the portal has a whole core, and nobody may fail all the more
        lab = stack.enter_context(Lab(tmp_path))
        unit = stack.enter_context(Unit(lab)).start(*slowly)
        outcome = storm(lab.add_phones(150), seed=1)
        assert outcome.failures == []
        assert len(outcome.first_page_s) == 150
        assert "Traceback" not in unit.told("portal") + unit.told("gate")
