from pathlib import Path

import pytest

from triporteur_device.__main__ import main
from triporteur_device.config import load
from triporteur_device.protocols import PROTOCOLS
from triporteur_wire.configuration import BadConfiguration

GOOD = """
[unit]
name = "ben"
[[source]]
name = "battery"
protocol = "jbd"
port = "/dev/ttyUSB0"
[mqtt]
host = "depot.example"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "unit.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_short_file_is_enough(tmp_path: Path) -> None:
    config = load(written(tmp_path, GOOD))
    assert config.sources[0].stale_after_s == 10
    assert config.journal_path == Path("/var/lib/triporteur/device.journal")
    assert config.clock.trust == "ntp"


def test_tables_of_other_rooms_are_left_to_them(tmp_path: Path) -> None:
    load(written(tmp_path, GOOD + '[portal]\nlisten = "127.0.0.1:8080"\n'))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = """
[unit]
name = "Ben !"
[[source]]
name = "battery"
protocol = "jdb"
port = "COM3"
[[source]]
name = "battery"
protocol = "vedirect"
port = "socket://workshop:7000"
stale_after_s = -1
[[source]]
name = "Motor"
protocol = "vesk"
port = "/dev/ttyUSB1"
[journal]
commit_interval_s = "soon"
[mqtt]
host = ""
[clock]
trust = "gps"
[mqqt]
"""
    with pytest.raises(BadConfiguration) as told:
        load(written(tmp_path, text))
    for part in (
        "[unit] name found 'Ben !'; expected 2 to 32 lower case letters, digits and hyphens",
        "[clock] trust found 'gps'; expected one of: ntp, system",
        "[mqtt] host found ''; expected a host name or an IP address",
        f"[source 1] protocol found 'jdb'; expected one of: {', '.join(sorted(PROTOCOLS))}",
        "[source 1] port found 'COM3'; expected /dev/…",
        "[source 2] stale_after_s found -1",
        "[source 3] name found 'Motor'",
        "[source 3] protocol found 'vesk'",
        "[journal] commit_interval_s found 'soon'; expected seconds, more than 0 and at most 86400",
        "[mqqt] is not a table of this file",
    ):
        assert part in str(told.value)


def test_two_sources_of_one_name_are_told(tmp_path: Path) -> None:
    twice = GOOD + '[[source]]\nname = "battery"\nprotocol = "jbd"\nport = "/dev/ttyUSB1"\n'
    with pytest.raises(BadConfiguration, match="'battery' 2 times; expected each once"):
        load(written(tmp_path, twice))


def test_the_command_ends_with_2_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "[unit]\n")
    assert main(["run", "--config", str(path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"{path}: [unit] name is missing",
        f"{path}: [mqtt] host is missing",
    ]


def test_a_good_file_can_be_checked_without_starting_anything(tmp_path: Path) -> None:
    assert main(["run", "--check-config", "--config", str(written(tmp_path, GOOD))]) == 0


def test_pins_are_checked_with_everything_else(tmp_path: Path) -> None:
    text = GOOD.replace('"battery"', '"machine"') + "[gpio]\ncharger = 28\nkey = 4\nbutton = 4\n"
    with pytest.raises(BadConfiguration) as told:
        load(written(tmp_path, text))
    assert "[gpio] charger found 28; expected the number of a GPIO, from 0 to 27" in str(told.value)
    assert "[source] name found 'machine'; that one is the unit's own" in str(told.value)
    with pytest.raises(BadConfiguration, match="pin 4 found for key, button"):
        load(written(tmp_path, GOOD + "[gpio]\nkey = 4\nbutton = 4\n"))


def test_the_units_own_sources_have_limits_too(tmp_path: Path) -> None:
    assert list(load(written(tmp_path, GOOD)).stale_after_ms) == ["battery", "machine"]
    wired = load(written(tmp_path, GOOD + "[gpio]\nkey = 4\n"))
    assert list(wired.stale_after_ms) == ["battery", "gpio", "machine"]
