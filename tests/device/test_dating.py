"""When a record aboard was made: an instant, or between two."""

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from triporteur_device.clock import WallTime
from triporteur_device.commands import journal as command
from triporteur_device.config import DeviceConfig, load
from triporteur_device.dating import boots
from triporteur_device.journal import JournalReader, JournalWriter
from triporteur_wire.records import Anchor, Event

NOON_MS = 1_795_345_200_000
HOUR_MS = 3_600_000


class Card:
    """A journal, boot after boot."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def boot(self, number: int, lasted_ms: int, *anchors: tuple[int, Anchor]) -> None:
        with JournalWriter(self.path, number, 0, "test") as journal:
            for mono_ms, anchor in anchors:
                journal.append(mono_ms, anchor)
            journal.append(lasted_ms, Event("last"))

    def when(self, number: int, mono_ms: int, now: WallTime | None = None) -> tuple[object, ...]:
        """In minutes from noon: the drift of hours is seconds."""
        with closing(JournalReader(self.path)) as reader:
            found = boots(reader, now)[number].at(mono_ms)
        return tuple(None if ms is None else round((ms - NOON_MS) / 60_000) for ms in found)


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path / "device.journal")


def ntp(utc_ms: int, error_ms: int = 5) -> Anchor:
    return Anchor(utc_ms, error_ms, "ntp")


def test_an_anchor_dates_what_came_before_it_in_the_same_boot(card: Card) -> None:
    card.boot(1, 2 * HOUR_MS, (HOUR_MS, ntp(NOON_MS)))
    assert card.when(1, 0) == (-60, -60, -60)
    assert card.when(1, 2 * HOUR_MS) == (60, 60, 60)


def test_a_boot_without_an_anchor_lies_between_its_neighbours(card: Card) -> None:
    card.boot(1, HOUR_MS, (0, ntp(NOON_MS)))
    card.boot(2, HOUR_MS)
    card.boot(3, HOUR_MS, (0, ntp(NOON_MS + 5 * HOUR_MS)))
    assert card.when(2, 0) == (None, 60, 240)
    assert card.when(2, HOUR_MS) == (None, 120, 300)


def test_the_present_bounds_the_last_boot(card: Card) -> None:
    card.boot(1, HOUR_MS, (0, ntp(NOON_MS)))
    card.boot(2, HOUR_MS)
    now = WallTime(0, NOON_MS + 10 * HOUR_MS, 5, "ntp")
    assert card.when(2, HOUR_MS, now) == (None, 120, 600)
    assert card.when(2, HOUR_MS) == (None, 120, None)


def test_a_stale_clock_that_was_believed_gives_no_wrong_instant(card: Card) -> None:
    """A machine's own clock stood at last month: the boots around it say that this cannot be."""
    card.boot(1, HOUR_MS, (0, ntp(NOON_MS)))
    card.boot(2, HOUR_MS, (0, Anchor(NOON_MS - 30 * 24 * HOUR_MS, 60_000, "system")))
    card.boot(3, HOUR_MS, (0, ntp(NOON_MS + 5 * HOUR_MS)))
    assert card.when(2, 0) == (None, 60, 240)


def test_a_clock_set_back_and_forward_while_it_runs_is_no_instant(card: Card) -> None:
    jumps = [
        (at_ms, Anchor(NOON_MS + jump_ms, 60_000, "system"))
        for at_ms, jump_ms in ((0, 0), (1000, -5 * HOUR_MS), (2000, 9 * HOUR_MS), (3000, -(2**40)))
    ]
    card.boot(1, HOUR_MS, *jumps)
    assert card.when(1, 0) == (None, None, None)


def test_what_the_depot_said_counts_before_the_machines_own_clock(card: Card) -> None:
    own = Anchor(NOON_MS - 7 * HOUR_MS, 1, "system")
    card.boot(1, HOUR_MS, (0, own), (1000, Anchor(NOON_MS + 1000, 300, "depot")))
    assert card.when(1, 0) == (0, 0, 0)


@pytest.fixture
def config(tmp_path: Path) -> DeviceConfig:
    path = tmp_path / "unit.toml"
    path.write_text(
        f'[unit]\nname = "ben"\n[journal]\ndirectory = "{tmp_path}"\n[mqtt]\nhost = "depot"\n'
    )
    return load(path)


def test_the_command_shows_an_interval_in_words_and_in_json(
    config: DeviceConfig, card: Card
) -> None:
    card.boot(1, HOUR_MS, (0, ntp(NOON_MS)))
    card.boot(2, HOUR_MS)
    card.boot(3, HOUR_MS, (0, ntp(NOON_MS + 5 * HOUR_MS)))
    text, lines = io.StringIO(), io.StringIO()
    assert command.run(config, as_json=False, out=text) == 0
    said = "between 2026-11-22 12:59:59Z and 2026-11-22 16:00:00Z (boot 2 +3600000 ms)"
    assert said in text.getvalue()
    command.run(config, as_json=True, out=lines)
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    [undated] = [one for one in found if one["boot_no"] == 2 and one["kind"] == "event"]
    assert undated["utc_ms"] is None
    assert undated["not_before_ms"] < undated["not_after_ms"]
    assert found[-1]["utc_ms"] == NOON_MS + 6 * HOUR_MS


def test_a_damaged_anchor_is_passed_over(config: DeviceConfig, card: Card) -> None:
    card.boot(1, HOUR_MS, (0, ntp(NOON_MS)), (1000, ntp(NOON_MS + 1000, error_ms=1)))
    with sqlite3.connect(card.path) as connection:
        connection.execute("UPDATE records SET body = x'7b' WHERE kind = 'anchor' AND seq = 3")
    connection.close()
    assert card.when(1, 0) == (0, 0, 0)
    text = io.StringIO()
    assert command.run(config, as_json=False, out=text) == 0
    assert len(text.getvalue().splitlines()) == 4
