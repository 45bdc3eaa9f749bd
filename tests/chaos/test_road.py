"""A short cut of `make chaos`, and the proof that the harness would see a loss."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.chaos.field import Field
from tests.chaos.play import run
from tests.chaos.scenarios import Scenario
from tests.chaos.schedule import Dose, Step
from tests.chaos.storage_faults import unit_power_cut
from tests.chaos.units import Hurried
from tests.rig import wait_for

pytestmark = pytest.mark.slow

SHORT = (
    Scenario(
        "kills and a bad link",
        8,
        [
            Dose("kill unit", 4, 0, 0.3),
            Dose("kill depot", 2, 0, 0.3),
            Dose("kill broker", 1, 0, 0.3),
            Dose("black hole", 1, 1, 2),
            Dose("reset link", 2),
            Dose("depot dies before its ack", 1, 2, 3),
        ],
        riding=1,
        resend_after_s=3,
    ),
    Scenario(
        "power cuts at both ends",
        4,
        [Dose("power cut", 4, 0, 0.1), Dose("depot's power cut", 2, 0, 0.1)],
        unit_card=True,
        depot_card=True,
        resend_after_s=3,
    ),
)
#: Of what the tests below look for, the short cut must see nothing.
SEED = 1


@pytest.mark.parametrize("scenario", SHORT, ids=lambda scenario: scenario.name)
def test_nothing_is_lost(scenario: Scenario, tmp_path: Path) -> None:
    outcome = run(scenario, SEED, threading.Event(), tmp_path)
    assert outcome.holds, "\n".join(outcome.story())


def test_a_journal_that_does_not_sync_is_found_out(tmp_path: Path) -> None:
    with Field(tmp_path, threading.Event(), patience_s=5) as field:
        field.depot.stop()  # what is delivered already could not be lost any more
        unit = field.add_unit(Hurried("ada", field.place, on_card=True, synchronous="OFF"))
        for seed in range(2):
            wait_for(lambda: unit.produced()[0].committed, "records are committed")
            unit_power_cut(field, Step(0, "power cut", "ada", 0, seed))()
        with suppress(AssertionError):  # what is lost does not come
            field.settle()
        findings = field.judge()["ada"].findings
    assert any("neither stored nor declared" in finding for finding in findings)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """A field whose one unit has delivered some hundred records, its depot closed."""
    with Field(tmp_path_factory.mktemp("field"), threading.Event()) as field:
        unit = field.add_unit(Hurried("ada", field.place))
        wait_for(lambda: len(unit.produced()[0].appended) > 200, "the agent has recorded something")
        wait_for(lambda: unit.produced()[1].committed, "and so has the kiosk")
        field.settle()
        assert field.judge()["ada"].holds
        yield field


def test_a_batch_that_the_depot_counts_as_stored_and_has_not_is_found_out(
    delivered: Field,
) -> None:
    findings = _after(delivered, "DELETE FROM records WHERE seq BETWEEN 20 AND 29")
    assert any(f.startswith("committed aboard") and f.endswith(" 20-29") for f in findings)


def test_an_altered_body_is_found_out(delivered: Field) -> None:
    findings = _after(delivered, "UPDATE records SET body = x'7b7d' WHERE seq = 20")
    assert findings
    assert all(found.startswith("stored with other content") for found in findings)


def test_a_duplicate_is_found_out(delivered: Field) -> None:
    findings = _after(
        delivered,
        "INSERT INTO records SELECT log_id, 9999, kind, mono_ms, body FROM records WHERE seq = 20",
    )
    assert any(found.startswith("stored, but never recorded") for found in findings)


def test_a_range_given_up_for_nothing_is_found_out(delivered: Field) -> None:
    findings = _after(
        delivered,
        "INSERT INTO given_up SELECT id, 20, 29, 'not said', 0 FROM logs",
        "DELETE FROM records WHERE seq BETWEEN 20 AND 29",
    )
    assert findings
    assert all(found.startswith("given up without need") for found in findings)


def _after(field: Field, *statements: str) -> list[str]:
    """What is found after a change of the database, which is then taken back."""
    whole = field.database.read_bytes()
    _each(field.database, lambda connection: [connection.execute(one) for one in statements])
    try:
        return field.judge()["ada"].findings
    finally:
        for side in ("-wal", "-shm"):
            field.database.with_name(field.database.name + side).unlink(missing_ok=True)
        field.database.write_bytes(whole)


def _each(database: Path, act: Callable[[sqlite3.Connection], object]) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        act(connection)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
