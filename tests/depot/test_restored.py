"""A depot whose database was put back to an older copy, with its broker and a unit."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.rig import Road, end, wait_for

pytestmark = pytest.mark.slow


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copied:
        live.backup(copied)


def test_what_a_restored_depot_lost_comes_back_from_the_unit(tmp_path: Path) -> None:
    with Road(tmp_path) as road:
        road.start_broker()
        depot = road.start_depot()
        road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: road.records("ben"), "the depot hears ben")
        copy(road.database, tmp_path / "copy.db")
        # The log of the copy ends here, and is told of to its end: nothing of it waits any more.
        end(unit)
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: len(_logs(road)) == 2, "the depot has records of a second log")
        told = road.records("ben")
        end(unit)
        end(depot)
        for beside in ("-wal", "-shm"):
            road.database.with_name(f"depot.db{beside}").unlink(missing_ok=True)
        (tmp_path / "copy.db").replace(road.database)
        assert len(road.records("ben")) < len(told)
        road.restart_depot()
        road.start_unit("ben", "jbd", "vedirect")
        wait_for(
            lambda: [record for record in road.records("ben") if record in told] == told,
            "what was lost comes back",
        )
        assert road.log("depot").count("the database is older") == 1


def _logs(road: Road) -> set[str]:
    return {record["log"] for record in road.records("ben")}
