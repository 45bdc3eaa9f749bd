"""What the doctor says of the release that runs."""

from pathlib import Path

import pytest

from tests.device.doctor.patient import is_attention, is_well, is_wrong
from tests.device.updates.aboard import Aboard, boot, update
from tests.device.updates.making import arrive, installed, made
from triporteur_device.doctor.releases import release
from triporteur_device.updates.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return installed(tmp_path)


def test_a_release_is_looked_at_whole(places: Places, tmp_path: Path) -> None:
    assert is_well(release(places), "the package's own")
    arrive(places, made(tmp_path, "1.1"))
    update(Aboard(places))
    assert is_well(release(places), "1.1 runs, and is as it was signed")
    (places.release("1.1") / "lib/theirs/big.py").write_text("steady = 2\n" * 500)
    assert is_wrong(release(places), "lib/theirs of 1.1", "restart the unit")
    boot(places)
    assert is_attention(release(places), "the card damaged 1.1", "give it again")


def test_where_no_package_is_nothing_is_chosen(tmp_path: Path) -> None:
    assert is_well(release(Places(tmp_path, tmp_path, tmp_path / "link")), "no package")
