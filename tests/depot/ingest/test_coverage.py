import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_depot.database import open_writer
from triporteur_depot.ingest.coverage import cover, mark, runs, without

spans = st.tuples(st.integers(1, 60), st.integers(0, 15)).map(lambda span: (span[0], sum(span)))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder: Path = tmp_path_factory.mktemp("coverage")
    connection = open_writer(folder / "depot.db")
    connection.execute("INSERT INTO units (id, name, heard_utc_ms) VALUES (1, 'ben', 0)")
    connection.execute("INSERT INTO logs (id, unit_id, log) VALUES (1, 1, 'x')")
    yield connection
    connection.close()


@given(st.lists(spans, max_size=20))
def test_coverage_is_the_union_of_what_came_in_whatever_the_order(
    database: sqlite3.Connection, arrived: list[tuple[int, int]]
) -> None:
    database.execute("DELETE FROM coverage")
    seen: set[int] = set()
    for first, last in arrived:
        new = {seq for low, high in cover(database, 1, first, last) for seq in range(low, high + 1)}
        assert new == set(range(first, last + 1)) - seen
        seen |= new
    kept = database.execute("SELECT first, last FROM coverage ORDER BY first").fetchall()
    assert kept == list(runs(sorted(seen)))
    reached = 0
    while reached + 1 in seen:
        reached += 1
    assert mark(database, 1) == reached


@given(st.sets(st.integers(1, 80)), st.sets(st.integers(1, 80)))
def test_without_leaves_exactly_what_is_not_taken(seqs: set[int], taken: set[int]) -> None:
    left = without(runs(sorted(seqs)), runs(sorted(taken)))
    assert [seq for low, high in left for seq in range(low, high + 1)] == sorted(seqs - taken)
