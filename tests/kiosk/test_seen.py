"""What the agent tells, at its age of now; and the time it vouches for."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.kiosk.console.unit import health, status
from triporteur_device.clock import boottime_ms
from triporteur_device.snapshot import write_snapshot
from triporteur_kiosk.seen import Stopped, Told, Unreadable, Watch, aged, local_time
from triporteur_wire.messages import Status

PARIS = ZoneInfo("Europe/Paris")


def test_every_age_grows_and_the_time_moves_on() -> None:
    before = replace(status(age_s=1.0), sources={"batterie": health(2.0), "moteur": health(None)})
    after = aged(before, 3.5)
    assert {told.age_s for told in after.readings["batterie"].values()} == {4.5}
    assert [source.heard_age_s for source in after.sources.values()] == [5.5, None]
    assert before.utc_ms is not None
    assert after.utc_ms == before.utc_ms + 3500
    assert aged(replace(before, utc_ms=None), 3.5).utc_ms is None


@pytest.mark.parametrize(
    ("utc_ms", "wall"),
    [
        (1_793_574_000_000, datetime(2026, 11, 2, 0, 0, tzinfo=PARIS)),
        (1_785_535_199_000, datetime(2026, 7, 31, 23, 59, 59, tzinfo=PARIS)),
    ],
)
def test_the_time_is_that_of_paris(utc_ms: int, wall: datetime) -> None:
    assert local_time(replace(status(), utc_ms=utc_ms)) == wall
    told = local_time(replace(status(), utc_ms=utc_ms))
    assert told is not None
    assert told.replace(tzinfo=None) == wall.replace(tzinfo=None)


@pytest.mark.parametrize(
    "told", [replace(status(), utc_ms=None), Stopped(60.0), Stopped(None), Unreadable()]
)
def test_without_anyone_to_vouch_for_it_there_is_no_time(told: Told) -> None:
    assert local_time(told) is None


def test_an_old_snapshot_tells_no_time(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "snapshot.json")
    assert local_time(watch.look()) is None
    write_snapshot(tmp_path / "snapshot.json", status())
    assert isinstance(watch.look(), Status)
    write_snapshot(tmp_path / "snapshot.json", replace(status(), mono_ms=boottime_ms() - 60_000))
    assert local_time(watch.look()) is None
