"""A program that ends is started again, later each time; what it says of phones goes nowhere."""

import asyncio
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rig import wait_for
from triporteur_kiosk.gate.keeper import nurse
from triporteur_kiosk.gate.keeper.household import Household

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Shell:
    """A program written as a line for the shell."""

    script: str
    name: str = "dns"

    @property
    def command(self) -> tuple[str, ...]:
        return ("sh", "-c", self.script)


def nursing(*programs: Shell, until: Path, lines: int) -> None:
    """Until the file has so many lines; then all have ended."""

    def has_lines() -> bool:
        return until.exists() and len(until.read_text().splitlines()) >= lines

    async def run() -> None:
        household = Household()
        household.start(programs)
        try:
            await asyncio.to_thread(wait_for, has_lines, f"{lines} lines")
        finally:
            await household.end()

    asyncio.run(run())


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nurse, "_SHORTEST_S", 0.01)
    monkeypatch.setattr(nurse, "_HOLDS_S", 3600.0)


def test_a_program_that_ends_is_started_again_and_its_loss_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    note = tmp_path / "lives"
    nursing(Shell(f"echo life >> {note}; echo failed >&2; exit 3"), until=note, lines=4)
    # A child that is told to end just as it does makes asyncio speak too.
    ours = (record for record in caplog.records if record.name == nurse.__name__)
    (told,) = (record.message for record in ours if record.levelno >= logging.INFO)
    assert told == "dns ended; it is started again: status 3: failed"


def test_one_that_holds_again_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nurse, "_HOLDS_S", 0.0)
    caplog.set_level(logging.INFO)
    note, done = tmp_path / "lives", tmp_path / "done"
    script = (
        f"echo life >> {note}; [ $(wc -l < {note}) = 1 ] && exit 1; echo > {done}; exec sleep 60"
    )

    def is_back() -> bool:
        return "dns runs again" in caplog.messages

    async def run() -> None:
        household = Household()
        household.start([Shell(script)])
        try:
            await asyncio.to_thread(wait_for, is_back, "the program runs again")
        finally:
            await household.end()

    asyncio.run(run())


def test_its_last_words_are_told_without_addresses(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    note = tmp_path / "lives"
    words = "cannot bind 10.77.0.1 for 02:00:00:aa:bb:01 or fd12:3456:789a::1 at port 53"
    nursing(Shell(f"echo life >> {note}; echo {words}; exit 2"), until=note, lines=2)
    assert "cannot bind … for … or … at port 53" in caplog.text
    assert "10.77" not in caplog.text
    assert "aa:bb" not in caplog.text
    assert "fd12" not in caplog.text


def test_a_program_that_is_not_there_is_told_in_one_line(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    @dataclass(frozen=True, slots=True)
    class Missing:
        name: str = "radio"
        command: tuple[str, ...] = (str(tmp_path / "hostapd"),)

    async def run() -> None:
        household = Household()
        household.start([Missing()])
        await asyncio.to_thread(wait_for, lambda: "radio ended" in caplog.text, "its end is told")
        await household.end()

    asyncio.run(run())
    assert "No such file" in caplog.text


def test_the_end_ends_the_program_even_one_that_does_not_listen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nurse, "_ENDS_S", 0.05)
    note = tmp_path / "pid"
    nursing(
        Shell(f"trap '' TERM; echo $$ > {note}; while :; do sleep 1; done"), until=note, lines=1
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
