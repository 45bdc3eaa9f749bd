"""The paired phones: for how long, how many, and how that ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from triporteur_kiosk.console.access.phones import IDLE, KEPT, MOST, Phones, TooManyPhones

TODAY = date(2026, 11, 22)


class Ring:
    def __init__(self, folder: Path) -> None:
        self.day: date | None = TODAY
        self.folder = folder
        self.phones = Phones(folder, lambda: self.day)

    def is_in(self, token: str) -> bool:
        return self.phones.find(token) is not None


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    return Ring(tmp_path)


def test_a_pairing_ends_after_half_a_year_though_it_is_used(ring: Ring) -> None:
    token = ring.phones.pair()
    for days in range(0, KEPT.days, 20):
        ring.day = TODAY + timedelta(days=days)
        assert ring.is_in(token)
    ring.day = TODAY + KEPT
    assert not ring.is_in(token)
    assert ring.phones.all() == []


def test_a_pairing_ends_after_a_month_without_use(ring: Ring) -> None:
    token = ring.phones.pair()
    ring.day = TODAY + IDLE - timedelta(days=1)
    assert ring.is_in(token)
    ring.day += IDLE
    assert not ring.is_in(token)


def test_without_a_day_nothing_ends_and_it_begins_with_the_first_that_is_known(ring: Ring) -> None:
    ring.day = None
    token = ring.phones.pair()
    assert ring.is_in(token)
    ring.day = TODAY
    assert ring.is_in(token)
    ring.day = TODAY + IDLE
    assert not ring.is_in(token)


def test_a_phone_that_came_on_days_unknown_is_not_idle_once_the_day_is_known(ring: Ring) -> None:
    token = ring.phones.pair()
    ring.day = None
    assert ring.is_in(token)
    noted = (ring.folder / "phones.json").stat().st_ino
    assert ring.is_in(token)
    assert (ring.folder / "phones.json").stat().st_ino == noted
    ring.day = TODAY + IDLE
    assert ring.is_in(token)
    ring.day += IDLE
    assert not ring.is_in(token)


def test_visits_on_days_unknown_do_not_make_a_pairing_last(ring: Ring) -> None:
    token = ring.phones.pair()
    ring.day = None
    assert ring.is_in(token)
    ring.day = TODAY + KEPT
    assert not ring.is_in(token)


def test_a_clock_that_was_put_back_ends_nothing(ring: Ring) -> None:
    token = ring.phones.pair()
    ring.day = TODAY - timedelta(days=400)
    assert ring.is_in(token)
    ring.day = TODAY + timedelta(days=1)
    assert ring.is_in(token)


def test_a_pairing_of_a_day_to_come_ends_half_a_year_after_it_was_first_used(ring: Ring) -> None:
    ring.day = TODAY + timedelta(days=3000)
    token = ring.phones.pair()
    for days in range(0, KEPT.days, 20):
        ring.day = TODAY + timedelta(days=days)
        assert ring.is_in(token)
    ring.day = TODAY + KEPT
    assert not ring.is_in(token)


def test_unpairing_acts_at_once_in_another_process_too(ring: Ring) -> None:
    tokens = [ring.phones.pair() for _ in range(3)]
    elsewhere = Phones(ring.folder, lambda: TODAY)
    assert [phone.number for phone in elsewhere.all()] == [1, 2, 3]
    assert elsewhere.unpair(2) == 1
    assert list(map(ring.is_in, tokens)) == [True, False, True]
    assert elsewhere.unpair(2) == 0
    assert elsewhere.unpair() == 2
    assert not any(map(ring.is_in, tokens))


def test_only_so_many_are_paired(ring: Ring) -> None:
    tokens = [ring.phones.pair() for _ in range(MOST)]
    with pytest.raises(TooManyPhones):
        ring.phones.pair()
    ring.phones.pair(ring.phones.find(tokens[0]))  # in its own place
    assert len(ring.phones.all()) == MOST


def test_many_at_once_lose_none(ring: Ring) -> None:
    with ThreadPoolExecutor(8) as threads:
        tokens = list(threads.map(lambda _: ring.phones.pair(), range(MOST)))
    assert all(map(ring.is_in, tokens))
    assert sorted(phone.number for phone in ring.phones.all()) == list(range(1, MOST + 1))


@pytest.mark.parametrize("token", ["", "x", "\udcff", "0" * 64])
def test_what_was_never_given_is_nobody_s(ring: Ring, token: str) -> None:
    ring.phones.pair()
    assert not ring.is_in(token)


def test_the_hash_itself_lets_nobody_in(ring: Ring) -> None:
    ring.phones.pair()
    [phone] = ring.phones.all()
    assert not ring.is_in(phone.secret_sha256)


def test_a_damaged_list_is_an_empty_one(ring: Ring) -> None:
    token = ring.phones.pair()
    (ring.folder / "phones.json").write_bytes(b'[{"number":')
    assert not ring.is_in(token)
    assert ring.is_in(ring.phones.pair())
