"""An uplink whose names are answered, and by which no phone gets anywhere, is none for phones."""

from pathlib import Path

import pytest

from tests.network.lab import UNIT_WWAN, Lab
from tests.network.rights import missing
from tests.network.unit import Unit

pytestmark = [pytest.mark.slow, pytest.mark.skipif(missing() is not None, reason=str(missing()))]

WAY = f"default via 192.0.2.1 dev {UNIT_WWAN}"


def test_only_a_way_by_ipv4_and_by_the_uplink_is_one(tmp_path: Path) -> None:
    """Phones are led over IPv4 alone, and by the uplink that is named alone."""
    with Lab(tmp_path) as lab, Unit(lab) as unit:
        unit.run_gate()
        unit.until("open", uplink=True)
        lab.unit.ip(f"route del {WAY}")
        unit.until("local", uplink=False)
        lab.unit.ip(f"route add {WAY} metric 20")
        unit.until("open", uplink=True)
        lab.unit.ip(
            "link add name lan0 type veth peer name lan1",
            "link set dev lan1 up",
            "link set dev lan0 up",
            "route add default dev lan0 metric 0",  # by a cable at the depot: the nearer way
        )
        unit.until("local", uplink=False)
