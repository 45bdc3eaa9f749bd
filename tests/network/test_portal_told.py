"""Where the portal's API is, as real clients are told with their address (RFC 8910)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.lab import Lab
from tests.network.real_phones import dhclient, dhclient_6, udhcpc
from tests.network.settings import ADDRESS, Settings
from tests.network.unit import Unit
from triporteur_kiosk.config import API_PATH

pytestmark = pytest.mark.slow

URL = f"https://{ADDRESS}{API_PATH}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("told")) as made:
        yield made


@pytest.mark.parametrize("secured", [True, False])
def test_a_phone_is_told_where_it_can_ask_and_only_where_it_can(
    lab: Lab, tmp_path: Path, secured: bool
) -> None:
    folders = [tmp_path / name for name in ("udhcpc", "dhclient", "dhclient_6")]
    for folder in folders:
        folder.mkdir()
    with Unit(lab, Settings(secured=secured)) as unit:
        unit.start()
        small, large, over_6 = lab.add_phones(3)
        # BusyBox hands on what it does not know as it came.
        told = bytes.fromhex(udhcpc(small, folders[0]).portal).decode()
        assert told == (URL if secured else "")
        assert dhclient(large, folders[1]).portal == (URL if secured else "")
        assert dhclient_6(over_6, folders[2]) == (URL if secured else "")
