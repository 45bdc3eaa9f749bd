"""`--show-config`: what counts, and who said so."""

import io

import pytest

from tests.device.downlink.aboard import UNIT, Aboard, push
from triporteur_device.__main__ import main
from triporteur_device.commands import show_config


def shown(aboard: Aboard) -> list[list[str]]:
    """Key, value and origin of each line."""
    out = io.StringIO()
    assert show_config.run(aboard.file, out) == 0
    return [line.split(maxsplit=2) for line in out.getvalue().splitlines()]


def test_every_key_says_its_value_and_where_from(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 4, mqtt__status_period_s=60, source__shunt__stale_after_s=3)
    lines = shown(aboard)
    for line in (
        ["unit.name", '"ben"', "unit.toml"],
        ["source.battery.stale_after_s", "10.0", "default"],
        ["source.shunt.stale_after_s", "3.0", "settings, revision 4"],
        ["journal.directory", f'"{aboard.state}"', "unit.toml"],
        ["mqtt.status_period_s", "60.0", "settings, revision 4"],
        ["clock.trust", '"ntp"', "default"],
    ):
        assert line in lines


def test_settings_that_do_not_fit_are_said_to_be_left_out(aboard: Aboard) -> None:
    _, downlink = aboard.start()
    push(downlink, 4, source__shunt__stale_after_s=3, mqtt__status_period_s=60)
    aboard.write(UNIT.replace('"shunt"', '"mppt"'))
    lines = shown(aboard)
    assert ["mqtt.status_period_s", "20.0", "unit.toml"] in lines
    assert [" ".join(line) for line in lines[-2:]] == [
        "The settings of revision 4 do not fit, and are left out:",
        "settings: source.shunt.stale_after_s found no source 'shunt'; "
        "expected one of: battery, mppt",
    ]


def test_it_starts_nothing(aboard: Aboard) -> None:
    assert main(["run", "--show-config", "--config", str(aboard.file)]) == 0
    assert not aboard.state.exists()


def test_a_file_with_faults_is_told_instead(
    aboard: Aboard, capsys: pytest.CaptureFixture[str]
) -> None:
    aboard.write("[mqtt]\n")
    assert main(["run", "--show-config", "--config", str(aboard.file)]) == 2
    assert "[unit] name is missing" in capsys.readouterr().err
