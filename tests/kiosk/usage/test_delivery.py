"""The kiosk's journal goes the whole road: the agent delivers it, dates it, and tells its marks."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.kiosk.usage.kiosk import HASTY, Kiosk
from tests.rig import Road, triporteur, wait_for
from triporteur_device.journal import JournalReader
from triporteur_wire.messages import decode_ack

pytestmark = pytest.mark.slow


def start_unit(road: Road, kiosk: Kiosk) -> None:
    """An agent and a portal with one configuration."""
    kiosk.config.write_text(
        f"""{kiosk.config.read_text()}
[journal]
directory = "{road.folder / "agent"}"
kiosk = "{kiosk.journal}"
[mqtt]
host = "127.0.0.1"
port = {road.broker_port}
tls = false
gather_s = 0
[clock]
trust = "system"
"""
    )
    road.start("agent", *triporteur("device", "run"), "--config", str(kiosk.config))
    wait_for(kiosk.snapshot.exists, "the agent tells how it fares")
    road.start("portal", *HASTY, str(kiosk.config))
    kiosk.wait()


def usage(road: Road) -> list[dict[str, Any]]:
    return [each for each in road.records("bordeaux-1") if each["kind"] == "usage"]


def told(kiosk: Kiosk) -> dict[str, int]:
    """The depot's marks, as the agent tells them aboard."""
    try:
        return decode_ack(kiosk.ack.read_bytes()).marks
    except FileNotFoundError:
        return {}


def marks(kiosk: Kiosk) -> list[int]:
    with closing(JournalReader(kiosk.journal)) as reader:
        return [log.mark for log in reader.logs()]


def test_an_hour_of_the_kiosk_reaches_the_depot_with_its_date(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    with Road(tmp_path) as road:
        road.start_broker()
        road.start_depot()
        start_unit(road, kiosk)
        kiosk.visit("/1")
        (hour,) = wait_for(lambda: usage(road), "the hour is stored")
        assert hour["body"]["counts"] == {"page:sante": 1}
        assert hour["utc_ms"] is not None
        wait_for(
            lambda: told(kiosk).get(hour["log"]) == hour["seq"], "the agent tells the depot's marks"
        )
        kiosk.visit("/2")
        wait_for(lambda: marks(kiosk) == [hour["seq"]], "the marks are in the file")
