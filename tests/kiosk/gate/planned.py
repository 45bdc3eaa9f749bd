"""A gate's plan, from a `unit.toml` as an operator would write it."""

from pathlib import Path

from triporteur_kiosk.config import GatePlan, KioskConfig, load

UNIT = '[unit]\nname = "ben"\n'


def written(directory: Path, gate: str, rest: str = "") -> Path:
    """`gate` are the lines of `[gate]`."""
    path = directory / "unit.toml"
    path.write_text(f"{UNIT}{rest}\n[gate]\n{gate}\n", encoding="utf-8")
    return path


def configured(directory: Path, gate: str, rest: str = "") -> KioskConfig:
    return load(written(directory, gate, rest))


def planned(directory: Path, gate: str = "", rest: str = "") -> GatePlan:
    """For phones at wlan0; its folder is in the directory."""
    lines = f'interface = "wlan0"\nram = "{directory}/gate"\n{gate}'
    plan = configured(directory, lines, rest).gate
    assert plan
    return plan
