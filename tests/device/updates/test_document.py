"""docs/updates.md says what the code does."""

import re

from docs.generate import FOLDER
from triporteur_device.updates import (
    budget,
    building,
    choosing,
    columns,
    damages,
    services,
    spending,
    suiting,
)
from triporteur_device.updates.arrivals import Wanted
from triporteur_device.updates.places import Places
from triporteur_device.updates.state import State
from triporteur_wire import requests
from triporteur_wire.parcels import Parcel

PAGE = " ".join((FOLDER / "updates.md").read_text(encoding="utf-8").split())


def test_places_are_where_the_code_looks() -> None:
    places = Places()
    for path in (places.factory, places.folder, places.incoming, places.state, places.link):
        assert f"`{path}" in PAGE
    assert str(places.keys) in PAGE


def test_limits_are_those_of_the_code() -> None:
    assert f"{services._PATIENCE_S:.0f} s in which to be well" in PAGE
    assert services._HOLDS_S == 10
    assert "for ten seconds without a break" in PAGE
    assert f"below {suiting._LEAST_PCT:.0f} % of charge" in PAGE
    assert suiting._BEFORE_MS == 30 * 60_000
    assert "half an hour before one" in PAGE
    assert f"{building._SPARE_BYTES / 1e6:.0f} MB for the journal" in PAGE
    assert building._SHARE == 2
    assert choosing.MOST_TRIES == 3
    assert "three times at most" in PAGE


def test_what_comes_over_the_air_is_limited_as_is_said() -> None:
    assert f"{requests.MAX_PIECE_BYTES // 1000} kB at a time" in PAGE
    assert budget._SHARE == 0.5
    assert "at most half of what the month's budget has left" in PAGE
    assert budget._MOST_TIMES == 3
    assert "once three times what lacked came in vain" in PAGE
    assert damages._MOST == 3
    assert "third time that is the end" in PAGE


def test_every_field_that_is_kept_is_in_the_register() -> None:
    kept = {
        "state.json": State,
        "wanted.json": Wanted,
        "damaged.json": damages._Count,
        "spent.json": spending.Spent,
        "release.json": Parcel,
    }
    fields = {(file, field) for file, kind in kept.items() for field in kind.__struct_fields__}
    assert {(column.table, column.column) for column in columns.STORED} == fields


def test_the_timer_looks_as_often_as_is_said() -> None:
    timer = (FOLDER.parent / "systemd/aboard/triporteur-update.timer").read_text()
    assert re.search(r"^OnUnitInactiveSec=10min$", timer, re.MULTILINE)
    assert "again every ten minutes" in PAGE
