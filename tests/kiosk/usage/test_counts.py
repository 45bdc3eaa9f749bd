"""Counting in RAM, from the threads of a server."""

from concurrent.futures import ThreadPoolExecutor

from triporteur_kiosk.usage.counts import Counts


def test_nothing_is_lost_between_threads_nor_while_it_is_taken() -> None:
    counts = Counts()

    def use() -> None:
        for _ in range(5_000):
            counts.add("page:sante")

    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            threads.submit(use)
        taken = [counts.take().get("page:sante", 0) for _ in range(200)]
    assert sum(taken) + counts.take().get("page:sante", 0) == 20_000


def test_what_was_taken_is_gone_until_it_is_given_back() -> None:
    counts = Counts()
    counts.add("probe")
    taken = counts.take()
    assert counts.take() == {}
    counts.add("probe")
    counts.give_back(taken)
    assert counts.take() == {"probe": 2}
