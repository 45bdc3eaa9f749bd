"""The card that fails must itself be honest: what was synced is there, whatever is cut."""

import random

import pytest

from tests.chaos.medium import SECTOR_BYTES, Medium


@pytest.mark.parametrize("seed", range(50))
def test_what_was_synced_outlives_every_cut(seed: int) -> None:
    medium = Medium()
    file = medium.create("journal")
    file.change((0, b"kept" * 1000))
    medium.sync(file)
    file.change((4000, b"lost" * 1000))
    found = medium.cut(random.Random(seed))
    assert found["journal"][:4000] == b"kept" * 1000


def test_what_was_not_synced_is_lost_torn_or_whole() -> None:
    written = b"new!" * SECTOR_BYTES
    found = set()
    for seed in range(200):
        medium = Medium()
        file = medium.create("journal")
        medium.sync(file)
        file.change((0, written))
        found.add(medium.cut(random.Random(seed))["journal"])
    assert {b"", written} < found
    sectors = [one[:SECTOR_BYTES] for one in found if one]
    assert set(sectors) == {bytes(SECTOR_BYTES), written[:SECTOR_BYTES]}


def test_names_are_lost_from_the_last_one_backwards() -> None:
    found = set()
    for seed in range(100):
        medium = Medium()
        medium.sync(medium.create("a"))
        medium.rename("a", "b")
        medium.create("a")
        found.add(tuple(sorted(medium.cut(random.Random(seed)))))
    assert found == {("a",), ("b",), ("a", "b")}


def test_a_cut_is_repeated_by_its_seed() -> None:
    medium = Medium()
    file = medium.create("journal")
    medium.sync(file)
    for number in range(20):
        file.change((number * 700, random.Random(number).randbytes(1500)))
    assert medium.cut(random.Random(3)) == medium.cut(random.Random(3))
