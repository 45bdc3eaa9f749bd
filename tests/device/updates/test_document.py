"""docs/updates.md says what the code does."""

import re

from docs.generate import FOLDER
from triporteur_device.updates import building, choosing, services, suiting
from triporteur_device.updates.places import Places

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


def test_the_timer_looks_as_often_as_is_said() -> None:
    timer = (FOLDER.parent / "systemd/aboard/triporteur-update.timer").read_text()
    assert re.search(r"^OnUnitInactiveSec=10min$", timer, re.MULTILINE)
    assert "again every ten minutes" in PAGE
