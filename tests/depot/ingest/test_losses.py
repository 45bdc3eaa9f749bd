from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tests.depot.ingest.desk import LOG, Depot, batch, marks, record
from triporteur_depot.ingest.coverage import Span, runs
from triporteur_depot.ingest.losses import explained
from triporteur_wire.envelope import MAX_RECORDS, GivenUp

seqs = st.sets(st.integers(1, 60))


@given(seqs, seqs)
def test_every_missing_seq_is_explained_once_with_what_was_said_of_it(
    missing: set[int], said: set[int]
) -> None:
    given_up = [GivenUp(first, last, "thinned") for first, last in runs(sorted(said))]
    found = [
        (seq, reason)
        for first, last, reason in explained(runs(sorted(missing)), given_up)
        for seq in range(first, (last or 0) + 1)
    ]
    assert found == [(seq, "thinned" if seq in said else "not said") for seq in sorted(missing)]


def test_twenty_thousand_holes_are_explained_in_one_pass() -> None:
    steps = 0

    def counted(spans: list[Span]) -> Iterator[GivenUp]:
        nonlocal steps
        for first, last in spans:
            steps += 1
            yield GivenUp(first, last, "thinned")

    holes = [(2 * number, 2 * number) for number in range(1, 20_001)]
    assert sum(1 for _ in explained(iter(holes), counted(holes))) == 20_000
    assert steps == 20_000


def test_a_batch_of_holes_is_stored(depot: Depot) -> None:
    held = [record(2 * number) for number in range(1, MAX_RECORDS + 1)]
    given_up = [GivenUp(one.seq - 1, one.seq - 1, "thinned") for one in held]
    assert marks(depot.take(batch(1, 2 * MAX_RECORDS, held, given_up))) == {LOG: 2 * MAX_RECORDS}
    assert depot.ask("SELECT count(*), min(reason) FROM given_up") == [(MAX_RECORDS, "thinned")]
