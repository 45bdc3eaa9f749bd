import io
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from triporteur_device.clock import boottime_ms
from triporteur_device.commands import status
from triporteur_device.config import DeviceConfig, load
from triporteur_device.snapshot import TROUBLE_NAME, write_snapshot
from triporteur_wire.messages import Delivery, Reading, SourceHealth, Status
from triporteur_wire.releases import Told


@pytest.fixture
def config(tmp_path: Path) -> DeviceConfig:
    path = tmp_path / "unit.toml"
    path.write_text(
        f"""
[unit]
name = "ben"
[[source]]
name = "battery"
protocol = "jbd"
port = "/dev/ttyUSB0"
[snapshot]
path = "{tmp_path / "snapshot.json"}"
[mqtt]
host = "depot"
"""
    )
    return load(path)


def show(config: DeviceConfig, *, made_s_ago: float, age_s: float) -> str:
    said = Status(
        "ben",
        "Rennes",
        "1",
        3,
        boottime_ms() - round(made_s_ago * 1000),
        None,
        15,
        {"battery": {"soc_pct": Reading(82.0, age_s)}},
        {"battery": SourceHealth("jbd", age_s, 10, 1, {"noise": 7}, 6, ("offline", "echo"))},
        Delivery(False, 12, None, 0, {"0123456789abcdef": 40}, durable=False),
        release=Told("1.5", "arriving", 3, "the card is slow", 1_200_000, 5_700_000),
    )
    write_snapshot(Path(config.snapshot.path), said)
    out = io.StringIO()
    assert status.run(config, as_json=False, out=out) == 0
    return out.getvalue()


def test_ages_are_those_of_now(config: DeviceConfig) -> None:
    text = show(config, made_s_ago=3, age_s=2)
    assert "82.0 %   5 s ago" in text
    assert "10 frames, 1 refused, 6 questions missed; discarded 7 B noise" in text
    assert "; doubtful: offline, echo\n" in text
    assert "12 records waiting" in text
    assert "kept in memory only" in text
    assert "release: 1.5, arriving: 1.2 of 5.7 MB: the card is slow\n" in text


def test_a_value_that_passed_its_limit_meanwhile_is_absent(config: DeviceConfig) -> None:
    assert "soc_pct" not in show(config, made_s_ago=4, age_s=7)


def test_a_unit_that_is_not_let_in_says_so_and_why(config: DeviceConfig) -> None:
    path = Path(config.snapshot.path).with_name(TROUBLE_NAME)
    assert show(config, made_s_ago=1, age_s=1).endswith(
        "\ncertificate: none; this unit is not enrolled\n"
    )
    path.write_text("the depot refuses: This bundle was used already")
    assert "not enrolled\n  the depot refuses: This bundle" in show(config, made_s_ago=1, age_s=1)
    path.write_text("")
    assert show(config, made_s_ago=1, age_s=1).endswith("not enrolled\n")


def test_where_no_certificate_is_needed_none_is_missed(config: DeviceConfig) -> None:
    plain = msgspec.structs.replace(config, mqtt=msgspec.structs.replace(config.mqtt, tls=False))
    assert "certificate" not in show(plain, made_s_ago=1, age_s=1)


def test_no_agent_is_one_sentence(config: DeviceConfig, capsys: pytest.CaptureFixture[str]) -> None:
    assert status.run(config, as_json=False) == 1
    assert capsys.readouterr().err.startswith("the agent is not running: no snapshot of this boot")


def test_the_machine_is_told_with_its_readings_and_no_frames(config: DeviceConfig) -> None:
    said = Status(
        "ben",
        "",
        "1",
        3,
        boottime_ms(),
        None,
        15,
        {"machine": {"cpu_temp_c": Reading(48.3, 2.0), "undervoltage": Reading(True, 2.0)}},
        {"machine": SourceHealth("machine", 2.0, 10, 0, {})},
        Delivery(False, 12, None, 0, {}),
    )
    write_snapshot(Path(config.snapshot.path), said)
    out = io.StringIO()
    assert status.run(config, as_json=False, out=out) == 0
    assert "machine: heard 2 s ago; 10 readings\n" in out.getvalue()
    said_lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["cpu_temp_c", "48", "°C", "2", "s", "ago"] in said_lines
    assert ["undervoltage", "yes", "2", "s", "ago"] in said_lines


@pytest.mark.slow
def test_a_command_that_speaks_to_nobody_does_not_load_what_speaks() -> None:
    look = (
        "import sys, triporteur_device.__main__\n"
        "print({'paho', 'cryptography'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
