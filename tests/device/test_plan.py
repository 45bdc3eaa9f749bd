"""What a time without the depot would mean, against a unit that then has it."""

import io
from pathlib import Path

import pytest

from triporteur_device.__main__ import main
from triporteur_device.commands import plan
from triporteur_device.config import DeviceConfig, load
from triporteur_device.journal import JournalReader, JournalWriter
from triporteur_device.plan import TooYoung, foretell
from triporteur_wire.quantities import Value
from triporteur_wire.records import Telemetry


@pytest.fixture
def config(tmp_path: Path) -> DeviceConfig:
    path = tmp_path / "unit.toml"
    path.write_text(
        f'[unit]\nname = "ben"\n[journal]\ndirectory = "{tmp_path}"\n[mqtt]\nhost = "depot"\n'
    )
    return load(path)


def ride(path: Path, hours: float) -> int:
    """A record every ten seconds; the size of the file afterwards."""
    with JournalWriter(path, 1, 0, "test") as journal:
        for number in range(round(hours * 360)):
            values: dict[str, Value | None] = {
                "soc_pct": round(90 - number / 100, 1),
                "current_a": -number % 37 / 10,
            }
            journal.append(10_000 * number, Telemetry("battery", values))
    return path.stat().st_size


def test_ten_hours_foretell_the_next_ten(tmp_path: Path) -> None:
    path = tmp_path / "device.journal"
    used = ride(path, 10)
    reader = JournalReader(path)
    found = foretell(reader, 10, used, 256_000_000, 0.5)
    reader.close()
    ride(path, 10)
    assert found.records == pytest.approx(3600, rel=0.01)
    assert used + found.card_bytes == pytest.approx(path.stat().st_size, rel=0.1)
    assert found.thinned_after_h
    assert found.thinned_after_h * found.card_bytes / 10 == pytest.approx(243e6, rel=0.01)
    assert 0 < found.wire_bytes < found.card_bytes
    assert found.send_s == pytest.approx(found.wire_bytes * 8 / 50_000)


def test_a_journal_of_five_minutes_foretells_nothing(tmp_path: Path) -> None:
    used = ride(tmp_path / "device.journal", 1 / 12)
    reader = JournalReader(tmp_path / "device.journal")
    with pytest.raises(TooYoung, match="ten minutes"):
        foretell(reader, 10, used, 256_000_000, 0.5)
    reader.close()


def test_the_command_says_it_in_three_lines(config: DeviceConfig) -> None:
    ride(config.journal_path, 2)
    out = io.StringIO()
    assert plan.run(config, 48, as_json=False, out=out) == 0
    text = out.getvalue()
    assert "48 h without the depot" in text
    assert "of 256 MB, telemetry is thinned after" in text
    assert "at 100 kbit/s and a share of 0.5 of the link" in text


@pytest.mark.parametrize("hours", ["0.1", "8785", "nan"])
def test_less_than_an_hour_and_more_than_a_year_are_not_foretold(
    hours: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["status", "--plan", hours])
    assert "expected hours, from 1 to 8784" in capsys.readouterr().err
