"""`triporteur-depot records` of some days only, and how far it has come."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.depot.ingest.desk import Depot, batch, record
from triporteur_depot.__main__ import main
from triporteur_depot.commands import records
from triporteur_wire.records import Anchor

DAY_MS = 86_400_000
#: 2027-01-15 00:00 UTC, less the second that the anchor's record is after its boot.
MIDNIGHT_MS = 1_799_971_200_000


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    """Four records: a millisecond before and at midnight, a day later, and without a date."""
    made = Depot(tmp_path / "depot.db")
    for seq, mono_ms in ((1, 1000), (2, 1001), (3, 1001 + DAY_MS)):
        one = record(seq, Anchor(MIDNIGHT_MS - 1, 5, "ntp") if seq == 1 else None)
        made.take(batch(seq, seq, [type(one)(one.log, seq, one.kind, 1, mono_ms, one.body)]))
    yield made
    made.connection.close()


def seqs(depot: Depot, since: date | None, until: date | None) -> list[int]:
    out = io.StringIO()
    records.run(depot.path, "ben", as_json=True, since=since, until=until, out=out)
    return [json.loads(line)["seq"] for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [1, 2, 3]),
        (date(2027, 1, 15), None, [2, 3]),
        (None, date(2027, 1, 14), [1]),
        (None, date(2027, 1, 15), [1, 2]),
        (date(2027, 1, 15), date(2027, 1, 15), [2]),
        (date(2027, 1, 17), None, []),
    ],
)
def test_both_days_are_included(
    depot: Depot, since: date | None, until: date | None, expected: list[int]
) -> None:
    assert seqs(depot, since, until) == expected


def test_a_record_of_no_known_day_is_left_out_where_it_certainly_is_of_another(
    depot: Depot,
) -> None:
    depot.connection.execute("DELETE FROM anchors")
    # It came to the depot on 2027-01-15: it was not made later.
    assert seqs(depot, None, None) == [1, 2, 3]
    assert seqs(depot, None, date(2000, 1, 1)) == [1, 2, 3]
    assert seqs(depot, date(2028, 1, 1), None) == []


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["--since", "25/11/2026"], "write 2026-11-25"),
        (["--since", "2027-01-02", "--until", "2027-01-01"], "is before --since"),
    ],
)
def test_days_that_cannot_be_are_told(
    capsys: pytest.CaptureFixture[str], depot: Depot, words: list[str], advice: str
) -> None:
    config = depot.path.with_suffix(".toml")
    config.write_text(f'[database]\npath = "{depot.path}"\n')
    try:
        status: object = main(["records", "--unit", "ben", *words, "--config", str(config)])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert advice in capsys.readouterr().err.splitlines()[-1]
