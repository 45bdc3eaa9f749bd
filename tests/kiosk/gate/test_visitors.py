"""The visitors' book: asking again changes nothing, and what was promised is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.gate.passing import Remembered, phone
from triporteur_kiosk.gate.keeper.book import IDLE_S, Book, Full, Grant
from triporteur_kiosk.gate.keeper.passes import Phone
from triporteur_kiosk.gate.keeper.shares import NoShare
from triporteur_kiosk.gate.keeper.terms import Terms

DAY = 1_000_000_000
PHONE = 15_000_000
TERMS = Terms("open", 3600.0, DAY, PHONE, most_stations=50)
ONE, TWO = phone(1), phone(2)


class Desk:
    """A book with its kernel and its clock."""

    def __init__(self, terms: Terms = TERMS) -> None:
        self.now_s = 1000.0
        self.kernel = Remembered()
        self.book = Book(terms, self.kernel, lambda: self.now_s)

    def welcome(self, who: Phone, *, full: bool = False) -> Grant:
        return self.book.welcome(who, DAY, full=full)

    def passing(self) -> list[Phone]:
        return [one.phone for one in self.kernel.held.values()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_welcome_lets_one_phone_through_for_its_time_and_its_share(desk: Desk) -> None:
    grant = desk.welcome(ONE)
    (held,) = desk.kernel.held.values()
    assert (held.phone, held.seconds, held.most_bytes) == (ONE, 3600, PHONE)
    assert (desk.book.seconds_left(grant), grant.left) == (3600, PHONE)


def test_asking_again_prolongs_nothing(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.now_s += 3000
    assert desk.book.seconds_left(desk.welcome(ONE)) == 600
    assert desk.book.sessions == 1


def test_at_the_end_of_its_time_a_phone_no_longer_passes(desk: Desk) -> None:
    desk.welcome(ONE)
    name = next(iter(desk.kernel.held))
    for desk.now_s in (2000.0, 3000.0, 4000.0, 4599.9):
        desk.book.count({name: int(desk.now_s)})
    assert desk.passing() == [ONE]
    desk.now_s = 4600.0
    desk.book.count({name: 5000})
    assert desk.passing() == []
    assert desk.book.find(ONE) is None


def test_at_the_end_of_its_share_a_phone_no_longer_passes(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.kernel.uses(PHONE)
    desk.book.count(desk.kernel.bytes)
    assert desk.passing() == []


def test_a_silent_phone_gives_its_place_and_its_promise_back(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.kernel.uses(100)
    desk.book.count(desk.kernel.bytes)
    desk.now_s += IDLE_S - 1
    desk.book.count(desk.kernel.bytes)
    assert desk.book.welcomed == 1
    desk.now_s += 1
    desk.book.count(desk.kernel.bytes)
    assert desk.book.welcomed == 0


def test_a_phone_that_ended_may_ask_again_unless_the_radio_is_full(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.book.end_all()
    with pytest.raises(Full):
        desk.welcome(ONE, full=True)
    desk.welcome(TWO, full=True)
    desk.welcome(ONE)
    assert desk.passing() == [TWO, ONE]


def test_no_more_are_welcomed_than_the_radio_holds() -> None:
    desk = Desk(Terms("open", 3600.0, None, None, most_stations=3))
    for number in range(3):
        desk.welcome(phone(number))
    with pytest.raises(Full):
        desk.welcome(phone(3))


def test_asking_often_gives_no_more_bytes_in_a_day(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.kernel.uses(PHONE)
    desk.book.count(desk.kernel.bytes)
    with pytest.raises(NoShare) as refused:
        desk.welcome(ONE)
    assert refused.value.own
    desk.book.begin_day()
    assert desk.welcome(ONE).limit == PHONE


def test_what_was_promised_is_not_given_to_another() -> None:
    desk = Desk(Terms("open", 3600.0, DAY, None, most_stations=50))
    first, second = desk.welcome(ONE), desk.welcome(TWO)
    assert (first.limit, second.limit) == (DAY // 50, (DAY - DAY // 50) // 50)


def test_a_phone_with_a_new_address_keeps_what_is_left_of_its_welcome(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.kernel.uses(10_000_000)
    desk.book.count(desk.kernel.bytes)
    desk.now_s += 600
    moved = Phone(ONE.mac, "10.77.0.77")
    assert desk.book.find(moved) is None
    grant = desk.welcome(moved)
    (held,) = desk.kernel.held.values()
    assert (held.phone, held.seconds, held.most_bytes) == (moved, 3000, PHONE - 10_000_000)
    desk.book.count({held.name: 5_000_000})
    assert grant.left == PHONE - 15_000_000
    assert desk.book.sessions == 1


def test_an_address_belongs_to_whoever_has_it_now(desk: Desk) -> None:
    desk.welcome(ONE)
    heir = Phone(TWO.mac, ONE.ip)
    desk.welcome(heir)
    assert desk.passing() == [heir]
    assert desk.book.find(ONE) is None


def test_a_table_made_anew_lets_the_same_phones_through_for_what_is_left(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.kernel.uses(1_000_000)
    desk.book.count(desk.kernel.bytes)
    desk.now_s += 100
    desk.kernel.held.clear()
    desk.book.admit_again()
    (held,) = desk.kernel.held.values()
    assert (held.phone, held.seconds, held.most_bytes) == (ONE, 3500, PHONE - 1_000_000)


def test_a_kernel_that_refuses_leaves_nobody_in_the_book(desk: Desk) -> None:
    desk.kernel.broken = True
    with pytest.raises(OSError, match="nft refused"):
        desk.welcome(ONE)
    assert (desk.book.welcomed, desk.book.sessions) == (0, 0)


def test_a_crowd_of_invented_phones_is_not_remembered_without_end() -> None:
    desk = Desk(Terms("open", 3600.0, None, PHONE, most_stations=50))
    for number in range(5000):
        desk.welcome(Phone(f"02:00:00:00:{number // 256:02x}:{number % 256:02x}", "10.77.0.9"))
    assert len(desk.book._eaten) <= 4096


def test_the_book_keeps_no_address_of_who_is_gone(desk: Desk) -> None:
    desk.welcome(ONE)
    desk.book.end_all()
    assert ONE.mac not in str(vars(desk.book))
    assert ONE.ip not in str(vars(desk.book))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 2000)), max_size=60))
def test_whoever_comes_and_goes_each_address_and_each_phone_passes_once(
    events: list[tuple[int, int, int]],
) -> None:
    desk = Desk()
    for mac, ip, later_s in events:
        desk.now_s += later_s
        desk.book.count({})
        desk.welcome(Phone(phone(mac).mac, phone(ip).ip))
        passing = desk.passing()
        assert len({one.mac for one in passing}) == len(passing) == desk.book.welcomed
        assert all(desk.book.find(one) for one in passing)
