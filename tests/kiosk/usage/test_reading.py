"""The agent reads the kiosk's journal as another user of its group, and may write nothing."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.kiosk.usage.kiosk import READER, Kiosk
from tests.rig import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
]

_GROUP, _AGENT, _STRANGER = 64_701, 64_702, 64_703


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    """A portal whose journal's folder belongs to the agent's group."""
    with tempfile.TemporaryDirectory() as made:  # pytest's own folders are closed to other users
        folder = Path(made)
        folder.chmod(0o755)
        kiosk = Kiosk(folder)
        kiosk.journal.parent.mkdir()
        os.chown(kiosk.journal.parent, -1, _GROUP)
        kiosk.journal.parent.chmod(0o2750)
        yield kiosk
        kiosk.end()


class Reader:
    """A process that has the journal open as another user."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def next(self) -> dict[str, int] | None:
        """What it reads now; None when it could not."""
        assert self._process.stdin
        assert self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        said = self._process.stdout.readline()
        return json.loads(said) if said else None


@contextmanager
def reading(kiosk: Kiosk, user: int = _AGENT, group: int = _GROUP) -> Iterator[Reader]:
    command = [sys.executable, str(READER), str(kiosk.journal)]
    with subprocess.Popen(
        [*command, str(user), str(group)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield Reader(process)
        process.kill()


def counted(kiosk: Kiosk) -> None:
    """One more hour of one page is on the card."""
    so_far = kiosk.used()["page:sante"]
    kiosk.visit("/1")
    wait_for(lambda: kiosk.used()["page:sante"] == so_far + 1, "the hour is written")


def test_a_reader_sees_each_hour_as_it_is_written(kiosk: Kiosk) -> None:
    kiosk.start()
    counted(kiosk)
    with reading(kiosk) as reader:
        assert reader.next() == {"page:sante": 1}
        counted(kiosk)
        assert reader.next() == {"page:sante": 2}
        with reading(kiosk) as another:
            assert another.next() == {"page:sante": 2}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_reader_stays_whatever_becomes_of_the_portal(kiosk: Kiosk, how: signal.Signals) -> None:
    kiosk.start()
    counted(kiosk)
    with reading(kiosk) as reader:
        assert reader.next() == {"page:sante": 1}
        kiosk.end(how)
        assert reader.next() == {"page:sante": 1}
        kiosk.start()
        counted(kiosk)
        assert reader.next() == {"page:sante": 2}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_reader_may_come_when_the_portal_is_gone(kiosk: Kiosk, how: signal.Signals) -> None:
    kiosk.start()
    counted(kiosk)
    kiosk.end(how)
    with reading(kiosk) as reader:
        assert reader.next() == {"page:sante": 1}
        kiosk.start()
        counted(kiosk)
        assert reader.next() == {"page:sante": 2}


def test_the_group_may_read_and_nobody_else_anything(kiosk: Kiosk) -> None:
    before = os.umask(0o077)
    try:
        kiosk.start()
    finally:
        os.umask(before)
    counted(kiosk)
    files = [path.stat() for path in kiosk.journal.parent.iterdir()]
    assert len(files) == 3
    assert {(stat.S_IMODE(each.st_mode), each.st_gid) for each in files} == {(0o640, _GROUP)}
    with reading(kiosk) as reader:
        assert reader.next() == {"page:sante": 1}
    with reading(kiosk, _STRANGER, _STRANGER) as reader:
        assert reader.next() is None
