"""A depot whose database was put back to an older copy, with its broker and a unit."""

import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.rig import Road, end, triporteur, wait_for

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
        wait_for(lambda: facts(road), "the depot hears ben")
        copy(road.database, tmp_path / "copy.db")
        # The log of the copy ends here, and is told of to its end: nothing of it waits any more.
        end(unit)
        unit = road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: len(_logs(road)) == 2, "the depot has records of a second log")
        told = facts(road)
        end(unit)
        end(depot)
        for beside in ("-wal", "-shm"):
            road.database.with_name(f"depot.db{beside}").unlink(missing_ok=True)
        (tmp_path / "copy.db").replace(road.database)
        assert len(facts(road)) < len(told)
        road.restart_depot()
        road.start_unit("ben", "jbd", "vedirect")
        wait_for(
            lambda: [record for record in facts(road) if record in told] == told,
            "what was lost comes back",
        )
        assert road.log("depot").count("the database is older") == 1


def test_a_depot_whose_database_was_damaged_begins_anew_and_units_send_again(
    tmp_path: Path,
) -> None:
    with Road(tmp_path) as road:
        road.start_broker()
        depot = road.start_depot()
        road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        road.start_unit("ben", "jbd", "vedirect")
        told = wait_for(lambda: facts(road), "the depot hears ben")
        end(depot, signal.SIGKILL)
        with road.database.open("r+b") as file:
            file.write(bytes(4096))
        road.restart_depot()
        wait_for(
            lambda: [record for record in facts(road) if record in told] == told,
            "what was lost comes back",
        )
        assert road.log("depot").count("is damaged") == 1
        assert "base de données de ce dépôt était abîmée" in road.page()
        noted = subprocess.run(
            [*triporteur("depot", "damage"), "--noted", "--config", road.depot_config],
            capture_output=True,
            check=True,
        )
        assert b"noted" in noted.stdout
        assert "abîmée" not in road.page()


def test_a_database_that_is_spoilt_under_a_running_depot_ends_it_and_is_set_aside(
    tmp_path: Path,
) -> None:
    with Road(tmp_path) as road:
        road.start_broker()
        depot = road.start_depot()
        road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        road.start_unit("ben", "jbd", "vedirect")
        told = wait_for(lambda: facts(road), "the depot hears ben")
        spoil(road.database)
        assert depot.wait(120) == 1
        last_line = road.log("depot").splitlines()[-1]
        assert "is damaged" in last_line
        assert "the next start sets it aside" in last_line
        assert "Traceback" not in road.log("depot")
        road.restart_depot()
        wait_for(
            lambda: [record for record in facts(road) if record in told] == told,
            "what was lost comes back",
        )


def test_a_copy_is_put_back_by_command_and_units_complete_it(tmp_path: Path) -> None:
    with Road(tmp_path) as road:
        road.start_broker()
        depot = road.start_depot()
        road.start_simulator("ben", "--trike", "on-site", "--seed", "7")
        road.start_unit("ben", "jbd", "vedirect")
        wait_for(lambda: facts(road), "the depot hears ben")
        command(road, "backup", str(tmp_path / "copy.db"))
        wait_for(lambda: len(facts(road)) > 5, "the depot has more")
        told = facts(road)
        refused = command(road, "restore", str(tmp_path / "copy.db"))
        assert refused.returncode == 1
        assert b"works on" in refused.stderr
        end(depot)
        assert command(road, "restore", str(tmp_path / "copy.db")).returncode == 0
        road.restart_depot()
        wait_for(
            lambda: [record for record in facts(road) if record in told] == told,
            "what came since the copy comes back",
        )


def test_a_second_depot_on_the_same_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with Road(tmp_path) as road:
        road.start_broker()
        first = road.start_depot()
        second = command(road, "run")
        assert second.returncode == 1
        [line] = second.stderr.decode().splitlines()
        assert f"process {first.pid}" in line
        assert first.poll() is None


def command(road: Road, name: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*triporteur("depot", name), *options, "--config", road.depot_config],
        capture_output=True,
        check=False,
    )


def spoil(path: Path) -> None:
    """Overwrites every page but the first, after a commit that voids what the depot remembers."""
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("UPDATE meta SET value = value")
        wait_for(lambda: emptied(connection), "what was written is in the file itself")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


def emptied(connection: sqlite3.Connection) -> bool:
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _logs(road: Road) -> set[object]:
    return {log for log, *_ in facts(road)}


def facts(road: Road) -> list[tuple[object, ...]]:
    """What the depot has of ben; when that was is known better and better."""
    return [
        (one["log"], one["seq"], one["kind"], one["mono_ms"], one["body"])
        for one in road.records("ben")
    ]
