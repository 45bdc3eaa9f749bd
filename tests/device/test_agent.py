"""The agent's loop: what is heard, shown, recorded, and asked to begin again."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.device.lived import Unit, living
from triporteur_device.clock import WallTime
from triporteur_device.delivery import Delivered
from triporteur_device.downlink import settled
from triporteur_device.live import Happened, Observation
from triporteur_device.snapshot import read_snapshot
from triporteur_wire.messages import Ack, SourceHealth, decode_ack
from triporteur_wire.parcels import pack
from triporteur_wire.quantities import Value
from triporteur_wire.records import Anchor, Counters, Event, Telemetry
from triporteur_wire.releases import Offer, Told, pack_offer
from triporteur_wire.topics import Channel


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    with living(tmp_path) as made:
        yield made


def test_what_is_heard_is_shown_and_recorded(unit: Unit) -> None:
    depot = unit.live(4, {2: lambda: unit.hear(soc_pct=82)})
    assert depot.statuses[-1].number("soc_pct") == 82
    assert Telemetry("battery", {"soc_pct": 82}) in unit.recorded()
    shown = read_snapshot(Path(unit.config.snapshot.path), now_ms=unit.now_ms)
    assert shown
    assert shown.status.number("soc_pct") == 82


def test_a_source_that_falls_silent_is_absent_and_both_are_recorded(unit: Unit) -> None:
    depot = unit.live(14, {2: lambda: unit.hear(soc_pct=82)})
    assert depot.statuses[-1].number("soc_pct") is None
    recorded = unit.recorded()
    assert Telemetry("battery", {"soc_pct": None}) in recorded
    names = [body.name for body in recorded if isinstance(body, Event)]
    assert names == ["source_heard", "source_silent"]


def test_a_slow_moment_is_not_taken_for_silence(unit: Unit) -> None:
    def stall() -> None:
        unit.now_ms += 60_000
        unit.hear(soc_pct=81)

    depot = unit.live(6, {2: lambda: unit.hear(soc_pct=82), 3: stall})
    assert depot.statuses[3].number("soc_pct") == 81
    assert not [b for b in unit.recorded() if isinstance(b, Event) and b.name == "source_silent"]


def test_the_time_is_anchored_as_soon_as_it_is_known(unit: Unit) -> None:
    def learn() -> None:
        unit.wall = WallTime(unit.now_ms, 1_800_000_000_000, 3, "ntp")

    unit.live(5, {3: learn})
    anchors = [body for body in unit.recorded() if isinstance(body, Anchor)]
    assert anchors == [Anchor(1_800_000_000_000, 3, "ntp")]
    offset = unit.storage.reader.logs()[-1].utc_offset_ms
    assert unit.wall
    assert offset == 1_800_000_000_000 - unit.wall.mono_ms


def test_telemetry_waits_for_the_commit_interval_and_the_end_flushes_it(unit: Unit) -> None:
    def many(step: int) -> Callable[[], None]:
        return lambda: unit.hear(soc_pct=step)

    depot = unit.live(30, {second: many(second) for second in range(3, 30)})
    assert depot.commits <= 6
    assert sum(isinstance(body, Telemetry) for body in unit.recorded()) == 27


def test_at_rest_telemetry_may_wait_longer_and_the_status_is_rarer(unit: Unit) -> None:
    def parked(step: int) -> Callable[[], None]:
        return lambda: unit.hear(soc_pct=step, current_a=-0.1)

    depot = unit.live(60, {second: parked(second) for second in range(3, 60)})
    assert depot.commits <= 3
    assert depot.statuses[-1].period_s == unit.config.mqtt.rest_period_s
    assert sum(isinstance(body, Telemetry) for body in unit.recorded()) == 57


def test_what_happens_aboard_is_committed_at_once_with_where_the_totals_stand(unit: Unit) -> None:
    seen: list[list[object]] = []

    def key_off() -> None:
        unit.hear(soc_pct=82, current_a=-4.0, energy_out_wh=100)
        unit.inbox.put(Happened(unit.now_ms, Event("key_off")))

    unit.live(6, {2: key_off, 5: lambda: seen.append(unit.recorded())})
    (recorded,) = seen
    totals = Counters("battery", {"energy_out_wh": 100})
    assert recorded[-2:] == [totals, Event("key_off")]


def test_the_machine_and_the_pins_are_no_news_until_they_fall_silent(unit: Unit) -> None:
    def machine() -> None:
        unit.inbox.put(
            Observation("machine", unit.now_ms, {"cpu_temp_c": 48.3, "wifi_stations": 3})
        )

    depot = unit.live(100, {2: machine})
    recorded = unit.recorded()
    assert depot.statuses[3].number("wifi_stations") == 3
    assert Telemetry("machine", {"cpu_temp_c": 48}) in recorded  # never how many guests
    assert [body for body in recorded if isinstance(body, Event)] == [
        Event("source_silent", "machine")
    ]


def test_each_status_is_handed_to_what_it_switches(unit: Unit) -> None:
    depot = unit.live(3, {})
    assert unit.shown == depot.statuses


def test_where_the_totals_stand_is_recorded_each_hour_and_at_the_end(unit: Unit) -> None:
    def ride(energy_wh: float) -> Callable[[], None]:
        def hear() -> None:
            unit.now_ms += 1_800_000
            unit.hear(energy_out_wh=energy_wh, soc_pct=50)

        return hear

    unit.live(6, {2: ride(100), 3: ride(200), 4: ride(300), 5: ride(400)})
    totals = [
        body.values["energy_out_wh"] for body in unit.recorded() if isinstance(body, Counters)
    ]
    assert totals == [200, 400]


def test_the_depots_word_is_the_time_where_nothing_else_vouches_for_it(unit: Unit) -> None:
    def learn() -> None:
        unit.inbox.put(WallTime(unit.now_ms, 1_800_000_000_000, 90, "depot"))

    depot = unit.live(5, {3: learn})
    assert [body.origin for body in unit.recorded() if isinstance(body, Anchor)] == ["depot"]
    said = depot.statuses[-1].utc_ms
    assert said
    assert said >= 1_800_000_000_000


def test_marks_are_shown_to_the_rooms_that_keep_a_journal(unit: Unit) -> None:
    ack = Ack("epoch", {"0" * 16: 12})
    unit.live(4, {2: lambda: unit.inbox.put(ack)})
    shown = Path(unit.config.snapshot.path).with_name("ack.json")
    assert decode_ack(shown.read_bytes()) == ack


def test_other_settings_end_this_life_of_the_agent_and_are_there_in_the_next(unit: Unit) -> None:
    def set_place() -> None:
        parcel = pack(3, {"unit.place": "Brest"})
        unit.inbox.put(Delivered(Channel.SETTINGS, "", parcel))

    depot = unit.live(10, {3: set_place})
    assert unit.again
    assert len(depot.statuses) < 10
    config, downlink = settled(Path(unit.config.journal.directory).parent / "unit.toml")
    assert config.unit.place == "Brest"
    assert downlink.applied()["settings"].revision == 3


def portal_of(unit: Unit) -> Path:
    return Path(unit.config.journal.directory) / "content" / "portal.json"


def test_a_content_that_comes_together_with_settings_is_kept(unit: Unit) -> None:
    """The broker has our word that it arrived, and does not say it again."""
    content = pack(1, "text")

    def send_both() -> None:
        unit.inbox.put(Delivered(Channel.SETTINGS, "", pack(3, {"unit.place": "Brest"})))
        unit.inbox.put(Delivered(Channel.CONTENT, "portal", content))

    unit.live(10, {3: send_both})
    assert unit.again
    assert portal_of(unit).read_bytes() == content


def test_what_comes_while_the_threads_end_is_taken_and_committed(unit: Unit) -> None:
    unit.live(4, {})
    unit.inbox.put(Delivered(Channel.CONTENT, "portal", pack(1, "text")))
    unit.hear(soc_pct=82)
    unit.agent.take_last()
    assert portal_of(unit).exists()
    assert Telemetry("battery", {"soc_pct": 82}) in unit.recorded()


def test_an_offer_of_a_release_is_kept_and_told_in_the_status(unit: Unit) -> None:
    raw = b'{"format":1,"version":"1.5","machine":"x86_64","needs":"1.0","parts":[]}'
    offer = pack_offer(3, Offer(bytes(64), raw))
    unit.live(4, {2: lambda: unit.inbox.put(Delivered(Channel.RELEASE, "", offer))})
    assert not unit.again
    kept = Path(unit.config.journal.directory) / "release.json"
    assert kept.read_bytes() == offer
    told = unit.live(2, {}).statuses[-1].release
    assert told == Told("1.5", "arriving", 3)


def test_settings_that_cannot_be_used_change_nothing_and_are_explained(unit: Unit) -> None:
    def set_host() -> None:
        parcel = pack(4, {"mqtt.host": "elsewhere.example"})
        unit.inbox.put(Delivered(Channel.SETTINGS, "", parcel))

    depot = unit.live(10, {3: set_host})
    assert not unit.again
    told = depot.statuses[-1].applied["settings"]
    assert told.refused == 4
    assert "mqtt.host" in told.faults[0]


def test_the_status_tells_how_the_card_fares(unit: Unit) -> None:
    connection = unit.storage.writer._connection

    def refuse() -> None:
        connection.execute("PRAGMA query_only = ON")
        unit.hear(soc_pct=82)

    def relent() -> None:
        connection.execute("PRAGMA query_only = OFF")

    depot = unit.live(30, {3: refuse, 20: relent})
    before, during, after = (depot.statuses[number].card for number in (1, 18, -1))
    assert before.used_bytes > 0
    assert before.free_bytes
    assert (before.error, after.error) == ("", "")
    assert "readonly" in during.error


def test_a_disk_that_refuses_is_said_in_the_status_and_nothing_is_lost(
    unit: Unit, caplog: pytest.LogCaptureFixture
) -> None:
    connection = unit.storage.writer._connection

    def refuse() -> None:
        connection.execute("PRAGMA query_only = ON")
        unit.hear(soc_pct=82)

    def relent() -> None:
        connection.execute("PRAGMA query_only = OFF")

    depot = unit.live(70, {3: refuse, 40: relent})
    durable = [status.delivery.durable for status in depot.statuses]
    assert durable[2]
    assert not durable[38]
    assert durable[-1]
    assert Telemetry("battery", {"soc_pct": 82}) in unit.recorded()
    refusals = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(refusals) == 1


def test_an_acknowledgement_reaches_the_journal(unit: Unit) -> None:
    """Not with each commit, which the card would pay for, but within ten minutes."""
    log = unit.storage.writer.log
    script = {second: partial(unit.hear, soc_pct=second % 90) for second in range(3, 650)}
    unit.live(650, {2: lambda: unit.inbox.put(Ack("depot", {log: 1})), **script})
    assert unit.storage.reader.logs()[0].mark == 1


def test_a_disagreement_is_a_measure_of_its_own_and_ends_with_what_it_compares(unit: Unit) -> None:
    def hear() -> None:
        values: dict[str, Value] = {"pack_voltage_v": 48.0, "cells_v": (4.2,) * 12}
        unit.inbox.put(Observation("battery", unit.now_ms, values))

    depot = unit.live(30, dict.fromkeys(range(2, 12), hear))
    assert depot.statuses[10].number("cells_gap_pct") == 5
    assert depot.statuses[10].number("pack_voltage_v") == 48
    assert depot.statuses[-1].number("cells_gap_pct") is None
    recorded = unit.recorded()
    assert Telemetry("checks", {"cells_gap_pct": 5}) in recorded
    assert Telemetry("checks", {"cells_gap_pct": None}) in recorded
    assert {body.source for body in recorded if isinstance(body, Event)} == {"battery"}


class Still:
    """A line that says the same since the agent started."""

    name = "battery"
    moved_ms = 0

    def health(self) -> SourceHealth:
        return SourceHealth("jbd", 0.1, 1, 0, {})


def test_a_source_that_stands_still_while_current_flows_is_doubted(unit: Unit) -> None:
    def hear() -> None:
        unit.hear(soc_pct=82, pack_voltage_v=48.0)
        unit.inbox.put(Observation("shunt", unit.now_ms, {"current_a": -9.0}))

    unit.sources.append(Still())
    seconds = 150
    depot = unit.live(seconds, dict.fromkeys(range(1, seconds), hear))
    doubts = [status.sources["battery"].doubts for status in depot.statuses]
    assert doubts[:50] == [()] * 50
    assert doubts[-1] == ("stuck",)
    assert depot.statuses[-1].number("soc_pct") == 82
