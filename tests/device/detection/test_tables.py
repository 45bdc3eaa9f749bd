"""What `detect` prints is what `unit.toml` takes."""

from pathlib import Path

from triporteur_device.config import SourceTable, load
from triporteur_device.detection import Candidate, Found, askable, listeners, tables
from triporteur_device.fitting import fitting
from triporteur_device.protocols import PROTOCOLS
from triporteur_wire.quantities import Value

SAYS: dict[str, dict[str, Value]] = {
    "vedirect": {"pack_voltage_v": 52.0, "current_a": -1.26, "soc_pct": 79.4},
    "bafang": {},
    "kt": {"current_a": -2.5},
    "vesc": {"input_voltage_v": 51.4},
    "modbus": {"input_voltage_v": 41.6, "speed_kmh": 0.0},
}
CELLS: dict[str, Value] = {"cells_v": (4.0,) * 13, "pack_voltage_v": 52.0}


def found() -> dict[str, Found]:
    every = [*listeners(), *askable()]
    return {
        f"/dev/serial/by-path/usb-0:1.{number}:1.0": Found(each, SAYS.get(each.spec.name, CELLS))
        for number, each in enumerate(every)
    }


def read(text: str, folder: Path) -> tuple[SourceTable, ...]:
    path = folder / "unit.toml"
    path.write_text(f'[unit]\nname = "ben"\n{text}[mqtt]\nhost = "depot"\n', encoding="utf-8")
    return load(path).sources


def test_whatever_is_found_is_a_source_of_its_own_that_asks_as_it_was_asked(
    tmp_path: Path,
) -> None:
    devices = found()
    sources = read(tables(devices), tmp_path)
    assert [source.port for source in sources] == list(devices)
    for source, device in zip(sources, devices.values(), strict=True):
        spec = PROTOCOLS[source.protocol].fitted(fitting(source))
        assert spec.name == device.candidate.spec.name
        assert spec.requests == device.candidate.spec.requests


def test_sources_are_named_after_what_they_tell(tmp_path: Path) -> None:
    names = {source.protocol: source.name for source in read(tables(found()), tmp_path)}
    assert (names["vedirect"], names["bafang"]) == ("shunt", "motor")
    assert names["jbd"] == "battery"
    charger = Found(Candidate(PROTOCOLS["vedirect"]), {"panel_power_w": 40, "pack_voltage_v": 52.0})
    assert read(tables({"/dev/a": charger}), tmp_path)[0].name == "charger"


def test_the_figures_stand_above_their_table_for_the_installer_to_compare() -> None:
    text = tables(found())
    assert "# 52.0 V, -1.3 A, 79.4 %\n[[source]]\n" in text
    assert "# 13 cells, 52.0 V\n[[source]]\n" in text
    assert "# heard, with no figure to show\n[[source]]\n" in text


def test_nothing_found_is_no_table() -> None:
    assert tables({}) == ""
