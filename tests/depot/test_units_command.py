import io
import json
import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.depot.pages.builder import Depot, status
from triporteur_depot.clock import utc_ms
from triporteur_depot.commands import units
from triporteur_depot.config import load
from triporteur_wire.messages import Card, LinkUse, Status


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    yield made
    made.connection.close()


def printed(depot: Depot, *, as_json: bool) -> list[str]:
    config = depot.path.with_suffix(".toml")
    config.write_text(f'[database]\npath = "{depot.path}"\n')
    out = io.StringIO()
    assert units.run(load(config), Namespace(json=as_json), out) == 0
    return out.getvalue().splitlines()


def fleet(depot: Depot) -> dict[str, dict[str, Any]]:
    return {one["unit"]: one for one in map(json.loads, printed(depot, as_json=True))}


def full(unit: str) -> Status:
    """A status with all that a unit may say of itself."""
    return msgspec.structs.replace(
        status({"battery": {"soc_pct": 80}}, unit=unit, waiting=12, oldest_waiting_s=7300.0),
        card=Card(5_000_000, 3_200_000_000),
        link=LinkUse("2026-11", 9_000_000, 3_300_000, 500_000_000),
        certified_until_utc_ms=1_803_772_800_000,
    )


def test_a_unit_is_told_in_a_line(depot: Depot) -> None:
    unit_id = depot.unit("ben", full("ben"), utc_ms())
    log = depot.log(unit_id)
    depot.give_up(log, 1, 40, "storage full", 0)
    title, line = printed(depot, as_json=False)
    assert title.split()[:4] == ["UNIT", "PLACE", "STATE", "HEARD"]
    before, heard, *after = re.split(r"  +(\d+ \w+ ago)  +", line)
    assert before.split() == ["ben", "Rennes", "ready"]
    assert heard
    assert [re.split("  +", rest) for rest in after] == [
        ["12", "2 h", "40", "3.2 GB", "2026-11 12.3 MB of 500.0 MB", "2027-02-28", "0.1.0"]
    ]


def test_of_a_silent_unit_nobody_knows_what_waits(depot: Depot) -> None:
    depot.unit("ben", full("ben"), utc_ms() - 3_600_000, offline="lost")
    ben = fleet(depot)["ben"]
    assert (ben["state"], ben["waiting"], ben["card_free_bytes"]) == ("silent", None, None)
    assert (ben["version"], ben["link"]["month"]) == ("0.1.0", "2026-11")


def test_a_loss_that_nobody_could_count_is_told_as_such(depot: Depot) -> None:
    log = depot.log(depot.unit("ben", full("ben"), utc_ms()))
    depot.give_up(log, 41, None, "journal damaged", 0)
    assert fleet(depot)["ben"]["given_up_more"] is True
    assert "0 or more" in printed(depot, as_json=False)[1]


def test_a_unit_that_never_told_its_state_has_its_line(depot: Depot) -> None:
    depot.unit("ben", None, 0)
    assert fleet(depot)["ben"]["heard_utc_ms"] is None
    assert "never" in printed(depot, as_json=False)[1]


def test_who_needs_someone_comes_first_and_who_is_retired_not_at_all(depot: Depot) -> None:
    depot.unit("ana", full("ana"), utc_ms())
    depot.unit("ben", full("ben"), 1, offline="lost")
    depot.unit("old", full("old"), utc_ms())
    depot.connection.execute("UPDATE units SET retired_utc_ms = 1 WHERE name = 'old'")
    assert list(fleet(depot)) == ["ben", "ana"]


def test_words_of_a_unit_give_no_orders_to_the_terminal(depot: Depot) -> None:
    depot.unit("ben", msgspec.structs.replace(full("ben"), place="\x1b[2JRennes\n"), utc_ms())
    assert all(letter >= " " for line in printed(depot, as_json=False) for letter in line)


def test_a_fleet_without_units_says_so(depot: Depot) -> None:
    assert printed(depot, as_json=False) == ["no unit was ever heard"]
