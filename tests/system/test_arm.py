"""The unit's package is for another processor than ours: it is run here all the same."""

from pathlib import Path

import pytest

from tests.system.arm import EMULATOR, load_everything, run_tests, unpacked
from tests.system.parts import why_not

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # emulated, ten times as slow; and Debian may have to be fetched
    pytest.mark.skipif(bool(why_not(EMULATOR)), reason=why_not(EMULATOR)),
]
#: `make soak` runs all of decoding, journal and portal.
QUICK = (
    "tests/device/protocols/test_decode.py",
    "tests/device/journal/test_journal.py",
    "tests/kiosk/public/test_pages.py",
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("arm"))


def test_every_wheel_can_be_loaded(release: Path) -> None:
    load_everything(release)


def test_decoding_journal_and_portal_work(release: Path) -> None:
    run_tests(release, *QUICK)
