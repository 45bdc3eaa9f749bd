"""When another release is not to be started."""

import json
from typing import Any

import pytest

from triporteur_device.updates.suiting import unsuited

HOUR_MS = 3_600_000


def said(**about: Any) -> bytes:
    readings = {
        name: {"value": value, "age_s": 0} for name, value in about.pop("readings", {}).items()
    }
    soc_pct = about.pop("soc_pct", None)
    status = {"state": "online", "readings": {"jbd": readings}, "readiness": {"soc_pct": soc_pct}}
    return json.dumps(status | about).encode()


def outing(departs_ms: int | None) -> dict[str, Any]:
    """Of two hours in all."""
    return {"today": {"km": 5.0, "climb_m": 0, "site_h": 1.5, "departs_utc_ms": departs_ms}}


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"soc_pct": 30.0},
        {"soc_pct": 10.0, "readings": {"pack_voltage_v": 52.0, "current_a": 2.0}},
        {"soc_pct": 10.0, "readings": {"charger_plugged": True}},
        {"soc_pct": 10.0, "readings": {"charger_plugged": True, "current_a": -3.0}},
        {"readings": {"key_on": False, "speed_kmh": 0.0}},
        {"readings": {"key_on": True, "charger_plugged": True}},
        {"utc_ms": 0, "plan": outing(HOUR_MS)},
        {"utc_ms": 5 * HOUR_MS + 1, "plan": outing(HOUR_MS)},
        {"plan": outing(HOUR_MS)},
        {"utc_ms": HOUR_MS, "plan": outing(None)},
        {"utc_ms": HOUR_MS, "plan": {"tomorrow": None, "news": 1}, "later": {"unknown": True}},
    ],
)
def test_a_change_suits_a_unit_that_rests(what: dict[str, Any]) -> None:
    assert unsuited(said(**what)) == ""


@pytest.mark.parametrize(
    "what",
    [
        {"readings": {"key_on": True}},
        {"readings": {"speed_kmh": 12.0}},
        {"utc_ms": HOUR_MS, "plan": outing(HOUR_MS)},
        {"utc_ms": HOUR_MS * 3 // 4, "plan": outing(HOUR_MS)},
        {"utc_ms": 3 * HOUR_MS, "plan": outing(HOUR_MS)},
        {"utc_ms": 5 * HOUR_MS, "plan": outing(HOUR_MS)},  # it takes longer than foreseen
        {"readings": {"key_on": True, "charger_plugged": False, "current_a": 4.0}},
    ],
)
def test_nothing_changes_during_an_outing_or_before_one(what: dict[str, Any]) -> None:
    assert unsuited(said(**what)) == "an outing is under way, or begins soon"


@pytest.mark.parametrize("current_a", [-3.0, 0.0])
def test_nothing_changes_on_a_low_battery(current_a: float) -> None:
    what = {"soc_pct": 29.0, "readings": {"current_a": current_a}}
    assert unsuited(said(**what)) == "the battery is below 30 %, and does not charge"


@pytest.mark.parametrize("current_a", [-1.0, 1.5])
@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"key_on": True}, "an outing is under way, or begins soon"),
        ({"soc_pct": 20.0}, "the battery is below 30 %, and does not charge"),
    ],
)
def test_a_panel_in_the_sun_is_no_charger(
    about: dict[str, Any], why: str, current_a: float
) -> None:
    told = json.loads(said(soc_pct=about.get("soc_pct")))
    panel = {"pack_voltage_v": 52.0, "panel_voltage_v": 60.0, "current_a": 2.0}
    board = {"pack_voltage_v": 52.0, "current_a": current_a} | {
        name: about[name] for name in about if name == "key_on"
    }
    told["readings"] = {
        name: {each: {"value": value} for each, value in values.items()}
        for name, values in {"solaire": panel, "jbd": board}.items()
    }
    assert unsuited(json.dumps(told).encode()) == why


def test_what_cannot_be_read_is_no_reason() -> None:
    assert unsuited(b"") == unsuited(b'{"readings": 3}') == ""
