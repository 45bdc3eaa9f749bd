"""The unit's package is for another processor than ours: it is loaded here all the same.

`make soak` runs all tests of decoding, journal and portal with it.
"""

from pathlib import Path

import pytest

from tests.system import parts
from tests.system.arm import EMULATOR, load_everything
from triporteur_wire.trees import parts_of, tree_sha256

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # emulated, ten times as slow; and Debian may have to be fetched
    pytest.mark.skipif(bool(parts.why_not(EMULATOR)), reason=parts.why_not(EMULATOR)),
]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return parts.release(tmp_path_factory.mktemp("arm"), "arm64")


def test_an_update_can_be_made_of_it(release: Path) -> None:
    assert [part for part in parts_of(release) if tree_sha256(release, part) is None] == []


def test_every_wheel_can_be_loaded(release: Path) -> None:
    load_everything(release)
