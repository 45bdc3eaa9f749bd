"""The lab itself: it can be built here, and nothing of it stays."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests.network.lab import Lab
from tests.network.rights import missing

pytestmark = pytest.mark.slow


def test_a_lab_ends_what_a_test_that_failed_has_left_in_it(tmp_path: Path) -> None:
    if lacking := missing():
        pytest.skip(lacking)
    children: list[subprocess.Popen[bytes]] = []

    def fail() -> None:
        with Lab(tmp_path) as lab:
            phone = lab.add_phone()
            with phone.namespace.entered():
                children.append(subprocess.Popen(["sleep", "60"], start_new_session=True))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [child.wait(120) for child in children] == [-signal.SIGKILL]
