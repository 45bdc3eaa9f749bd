"""The depot's settings: applied whole, or refused in words; the last good ones stay."""

import logging
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.device.downlink.aboard import UNIT, Aboard, push, sha256
from triporteur_device.config import DeviceConfig, SourceTable
from triporteur_device.downlink import Downlink
from triporteur_device.settings import SETTABLE
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.parcels import MAX_PARCEL_BYTES, Applied, Scalar, Settings, pack
from triporteur_wire.topics import Channel

pytestmark = pytest.mark.slow


def told(downlink: Downlink) -> Applied:
    return downlink.applied()["settings"]


def test_without_settings_the_file_counts_and_nothing_is_told(aboard: Aboard) -> None:
    config, downlink = aboard.start()
    assert config.mqtt.status_period_s == 20
    assert (downlink.applied(), downlink.settings, downlink.revision) == ({}, {}, 0)
    assert not aboard.state.exists()


def test_settings_lie_over_the_file_key_by_key_once_the_agent_starts_again(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    payload = pack(7, {"mqtt.status_period_s": 60, "source.shunt.stale_after_s": 3})
    assert downlink.take(Channel.SETTINGS, "", payload)
    assert told(downlink) == Applied(7, sha256(payload))
    config, again = aboard.start()
    assert config.mqtt.status_period_s == 60
    assert [source.stale_after_s for source in config.sources] == [10, 3]
    assert config.unit.place == "Rennes"
    assert (told(again), again.revision) == (told(downlink), 7)


def test_every_key_that_may_be_set_is_a_key_of_its_table() -> None:
    kinds = {field.name: field.type for field in msgspec.structs.fields(DeviceConfig)}
    kinds["source"] = SourceTable
    for dotted in SETTABLE:
        table, *_, key = dotted.removesuffix(".<name>.<key>").split(".")
        assert key in {field.name for field in msgspec.structs.fields(kinds[table])}, dotted


def test_the_depot_may_name_usual_places_beside_those_of_the_file(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    places: Settings = {"readiness.places.market.name": "Marché", "readiness.places.market.km": 6.5}
    assert downlink.take(Channel.SETTINGS, "", pack(1, places))
    config, _ = aboard.start()
    (market,) = config.readiness.places.values()
    assert (market.name, market.km, market.site_h) == ("Marché", 6.5, 4.0)


@pytest.mark.parametrize(
    "settings",
    [
        {"readiness.places.market.name": "Marché"},
        {"readiness.places.market.name": "Marché", "readiness.places.market.km": 600},
        {f"readiness.places.market.{key}": 6 for key in ("km", "foo")}
        | {"readiness.places.market.name": "Marché"},
        {"readiness.places.The Market.km": 6, "readiness.places.The Market.name": "x"},
    ],
)
def test_a_place_that_is_none_is_refused(aboard: Aboard, settings: dict[str, str | float]) -> None:
    _, downlink = aboard.start()
    assert not downlink.take(Channel.SETTINGS, "", pack(1, dict(settings)))
    assert told(downlink).faults[0].startswith("settings: [readiness] places found")


@pytest.mark.parametrize(
    "key",
    ["mqtt.host", "mqtt.port", "mqtt.tls", "mqtt.keepalive_s", "unit.name", "journal.directory",
     "journal.budget_mb", "snapshot.path", "identity.directory", "source.battery.port",
     "source.battery.protocol", "source.battery", "source.<name>.port", "portal.listen", "mqtt", "",
     "source", "source..", "unit.place.x"],
)  # fmt: skip
def test_what_could_cut_the_unit_off_cannot_be_set(aboard: Aboard, key: str) -> None:
    _, downlink = aboard.start()
    assert not push(downlink, 1, **{key: "x"})
    assert told(downlink).faults == (
        f"settings: {key} cannot be set from the depot; expected one of: {', '.join(SETTABLE)}",
    )


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        (
            "mqtt.status_period_s",
            0,
            "[mqtt] status_period_s found 0; expected seconds, more than 0 and at most 86400",
        ),
        (
            "mqtt.status_period_s",
            "1",
            "[mqtt] status_period_s found '1'; expected seconds, more than 0 and at most 86400",
        ),
        (
            "mqtt.status_period_s",
            True,
            "[mqtt] status_period_s found True; expected seconds, more than 0 and at most 86400",
        ),
        ("unit.place", 3, "[unit] place found 3; expected a name of at most 60 characters"),
        ("unit.place", "x" * 61, "[unit] place found 'xxx"),
        ("unit.place", "a\nb", r"[unit] place found 'a\nb'"),
        ("source.shunt.stale_after_s", -1, "[source 2] stale_after_s found -1; expected"),
        (
            "source.motor.stale_after_s",
            5,
            "source.motor.stale_after_s found no source 'motor'; expected one of: battery, shunt",
        ),
    ],
)
def test_a_wrong_value_is_refused_as_the_file_would_refuse_it(
    aboard: Aboard, key: str, value: Scalar, fault: str
) -> None:
    _, downlink = aboard.start()
    assert not push(downlink, 2, **{key: value})
    [said] = told(downlink).faults
    assert said.startswith(f"settings: {fault}")
    assert told(downlink).refused == 2


def test_one_wrong_key_refuses_all_and_the_last_good_stay(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    good = pack(1, {"mqtt.status_period_s": 60})
    downlink.take(Channel.SETTINGS, "", good)
    assert not push(downlink, 2, mqtt__status_period_s=90, unit__name="panda")
    assert told(downlink).revision == 1
    assert told(downlink).sha256 == sha256(good)
    assert told(downlink).refused == 2
    config, again = aboard.start()
    assert config.mqtt.status_period_s == 60
    assert told(again) == Applied(1, sha256(good))


def test_a_later_good_revision_ends_a_refusal(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 2, mqtt__status_period_s=0)
    assert push(downlink, 3, mqtt__status_period_s=30)
    assert (told(downlink).revision, told(downlink).refused, told(downlink).faults) == (3, 0, ())


def test_the_same_parcel_again_changes_nothing(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    assert push(downlink, 3, mqtt__status_period_s=30)
    written = (aboard.state / "settings.json").stat().st_ino
    assert not push(downlink, 3, mqtt__status_period_s=30)
    _, again = aboard.start()
    assert not push(again, 3, mqtt__status_period_s=30)
    assert (aboard.state / "settings.json").stat().st_ino == written


def test_a_new_revision_of_the_same_settings_restarts_nothing(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 3, mqtt__status_period_s=30)
    assert not push(downlink, 4, mqtt__status_period_s=30)
    assert told(downlink).revision == 4


@pytest.mark.parametrize("revision", [2, 3])
def test_a_depot_restored_from_an_older_copy_is_followed(aboard: Aboard, revision: int) -> None:
    _, downlink = aboard.start()
    push(downlink, 3, mqtt__status_period_s=30)
    assert push(downlink, revision, mqtt__status_period_s=45)
    assert told(downlink).revision == revision
    assert aboard.start()[0].mqtt.status_period_s == 45


def test_no_settings_lead_back_to_the_file(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 3, mqtt__status_period_s=30)
    assert push(downlink, 4)
    assert told(downlink).revision == 4
    assert aboard.start()[0].mqtt.status_period_s == 20


def test_an_empty_message_leads_back_to_the_file(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 3, mqtt__status_period_s=30)
    assert downlink.take(Channel.SETTINGS, "", b"")
    assert downlink.applied() == {}
    assert not downlink.take(Channel.SETTINGS, "", b"")
    config, again = aboard.start()
    assert config.mqtt.status_period_s == 20
    assert again.applied() == {}


def test_settings_that_no_longer_fit_the_file_are_left_and_told(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 5, source__shunt__stale_after_s=3, mqtt__status_period_s=30)
    aboard.write(UNIT.replace('"shunt"', '"mppt"'))
    config, again = aboard.start()
    assert config.mqtt.status_period_s == 20
    assert told(again) == Applied(
        refused=5,
        faults=(
            "settings: source.shunt.stale_after_s found no source 'shunt'; "
            "expected one of: battery, mppt",
        ),
    )
    assert not push(again, 5, source__shunt__stale_after_s=3, mqtt__status_period_s=30)
    aboard.write(UNIT)
    assert aboard.start()[0].mqtt.status_period_s == 30


def test_settings_fit_again_when_the_depot_repeats_them_after_the_file_was_mended(
    aboard: Aboard,
) -> None:
    _, downlink = aboard.start()
    push(downlink, 5, source__shunt__stale_after_s=3)
    aboard.write(UNIT.replace('"shunt"', '"mppt"'))
    _, again = aboard.start()
    aboard.write(UNIT)
    assert push(again, 5, source__shunt__stale_after_s=3)
    assert told(again).refused == 0


def test_a_file_that_was_broken_meanwhile_is_what_is_told(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    aboard.write("[unit]\n[mqtt]\nhost = 'depot.example'\n")
    assert not push(downlink, 1, mqtt__status_period_s=30)
    assert told(downlink).faults == (f"{aboard.file}: [unit] name is missing",)
    with pytest.raises(BadConfiguration, match="name is missing"):
        aboard.start()


def test_a_damaged_file_of_settings_is_said_and_replaced_by_the_depot(
    aboard: Aboard, caplog: pytest.LogCaptureFixture
) -> None:
    _, downlink = aboard.start()
    push(downlink, 3, mqtt__status_period_s=30)
    path = aboard.state / "settings.json"
    path.write_bytes(path.read_bytes().replace(b"30", b"31"))
    config, again = aboard.start()
    assert config.mqtt.status_period_s == 20
    assert f"{path} cannot be read (the checksum is not that of the body)" in caplog.text
    assert push(again, 3, mqtt__status_period_s=30)
    assert aboard.start()[0].mqtt.status_period_s == 30


def test_settings_without_end_are_said_and_replaced_by_the_depot(
    aboard: Aboard, caplog: pytest.LogCaptureFixture
) -> None:
    path = aboard.state / "settings.json"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.truncate(path, 10**11)
    _, downlink = aboard.start()
    assert f"{path} cannot be read (256001 bytes; at most 256000 are taken)" in caplog.text
    assert push(downlink, 3, mqtt__status_period_s=30)


def test_a_card_that_takes_nothing_refuses_the_settings(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    aboard.state.write_text("a file where the folder should be")
    assert not push(downlink, 1, mqtt__status_period_s=30)
    assert told(downlink) == Applied(refused=1, faults=("cannot be kept: File exists",))
    aboard.state.unlink()
    assert push(downlink, 1, mqtt__status_period_s=30)


@pytest.mark.parametrize(
    ("payload", "refused", "fault"),
    [
        (b"{", 0, "Input data was truncated"),
        (b'{"revision": 9, "sha256": "x", "body": {}}', 9, "Expected `str` matching regex"),
        (pack(9, {"unit.place": "a"}).replace(b'"a"', b'"b"'), 9, "the checksum is not"),
        (pack(9, "a text"), 9, "Expected `object`, got `str`"),
        (b" " * (MAX_PARCEL_BYTES + 1), 0, f"{MAX_PARCEL_BYTES + 1} bytes; at most"),
        (b'{"revision": 0}', 0, "Expected `int` >= 1"),
        (b'{"revision": 8}', 8, "Object missing required field `sha256`"),
        (b"\xff\xfe", 0, "JSON is malformed"),
    ],
)
def test_what_is_no_parcel_of_settings_is_refused_in_words(
    aboard: Aboard, payload: bytes, refused: int, fault: str
) -> None:
    _, downlink = aboard.start()
    assert not downlink.take(Channel.SETTINGS, "", payload)
    assert told(downlink).refused == refused
    assert told(downlink).faults[0].startswith(fault)


def test_a_refusal_is_logged_once(aboard: Aboard, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    _, downlink = aboard.start()
    for _ in range(3):
        push(downlink, 2, unit__name="panda")
    assert len(caplog.records) == 1
    assert "settings 2 refused: settings: unit.name cannot be set" in caplog.text


def test_faults_stay_few_and_short_whatever_is_sent(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 1, **{f"{number}{'x' * 1000}": 1 for number in range(100)})
    faults = told(downlink).faults
    assert faults[-1] == "and 96 more"
    assert len(faults) == 5
    assert max(map(len, faults)) <= 401


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.sampled_from([*SETTABLE, "source.shunt.stale_after_s", "mqtt.host"]) | st.text()


@given(st.binary() | st.dictionaries(KEYS, SCALARS).map(lambda body: sealed(3, body)))
def test_whatever_is_sent_is_taken_or_refused_and_can_be_told(
    tmp_path_factory: pytest.TempPathFactory, payload: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    _, downlink = (aboard := Aboard(folder)).start()
    changed = downlink.take(Channel.SETTINGS, "", payload)
    applied = downlink.applied().get("settings", Applied())
    assert changed == bool(downlink.settings)
    assert bool(applied.faults) == (applied.revision == 0 and payload != b"")
    assert msgspec.json.decode(msgspec.json.encode(applied), type=Applied) == applied
    _, again = aboard.start()
    assert again.settings == downlink.settings


def sealed(revision: int, body: object) -> bytes:
    return pack(revision, body)  # type: ignore[arg-type]  # what no depot of ours would send


def test_the_folder_holds_settings_and_nothing_else(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 1, mqtt__status_period_s=30)
    downlink.take(Channel.ACK, "", b"{}")
    downlink.take(Channel.RESPONSE, "time", b"{}")
    assert [path.name for path in Path(aboard.state).iterdir()] == ["settings.json"]
