"""The shipper against a depot that stores, forgets, refuses and goes away, in any order."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.delivery.shipper import BATCH_RECORDS, RESEND_AFTER_MS, WINDOW, Shipper
from triporteur_device.journal import LogState


def log(last_seq: int, mark: int = 0, name: str = "one") -> LogState:
    return LogState(name, 1, last_seq, mark, None, 0)


class Sea:
    """A shipper, one log, and what of it lies where."""

    def __init__(self, last_seq: int, share: float = 1.0, gather_ms: int = 0) -> None:
        self.shipper = Shipper(share, gather_ms)
        self.log = log(last_seq)
        self.now_ms = 0
        self.mid = 0
        self.under_way: dict[int, range] = {}
        self.stored: set[int] = set()

    def ship(self) -> bool:
        stretch = self.shipper.next([self.log], self.now_ms)
        if stretch is None:
            return False
        last = min(stretch.after + stretch.limit, self.log.last_seq)
        self.mid += 1
        self.under_way[self.mid] = range(stretch.after + 1, last + 1)
        self.shipper.sent(self.mid, stretch.log, stretch.after + 1, last, self.now_ms)
        return True

    def arrive(self, mid: int) -> None:
        self.stored |= set(self.under_way.pop(mid))
        self.shipper.accepted(mid, self.now_ms)
        self.note_mark()

    def vanish(self, mid: int) -> None:
        """A PUBACK of a broker that then forgot."""
        self.under_way.pop(mid)
        self.shipper.accepted(mid, self.now_ms)

    def refuse(self, mid: int) -> None:
        self.under_way.pop(mid)
        self.shipper.refused(mid, self.now_ms)

    def reconnect(self) -> None:
        self.under_way.clear()
        self.shipper.start_over()

    def note_mark(self) -> None:
        mark = 0
        while mark + 1 in self.stored:
            mark += 1
        self.log = replace(self.log, mark=mark)


steps = st.lists(
    st.sampled_from(["ship", "arrive", "vanish", "refuse", "reconnect", "wait", "lose"]),
    max_size=60,
)


@given(
    steps,
    st.integers(0, 20 * BATCH_RECORDS),
    st.sampled_from([0.05, 0.5, 1.0]),
    st.sampled_from([0, 300_000]),
    st.randoms(use_true_random=False),
)
def test_whatever_happened_all_is_stored_once_the_sea_is_calm(
    happenings: list[str], last_seq: int, share: float, gather_ms: int, dice: Random
) -> None:
    sea = Sea(last_seq, share, gather_ms)
    for happening in happenings:
        under_way = sorted(sea.under_way)
        if happening == "ship":
            sea.ship()
        elif happening == "reconnect":
            sea.reconnect()
        elif happening == "wait":
            sea.now_ms += RESEND_AFTER_MS
        elif happening == "lose":  # an older copy of the depot's database comes back
            sea.stored = {seq for seq in sea.stored if seq <= last_seq // 3}
            sea.note_mark()
        elif under_way:
            getattr(sea, happening)(dice.choice(under_way))
        assert len(sea.under_way) <= WINDOW
    for _ in range(1000):
        while sea.ship():
            pass
        for mid in sorted(sea.under_way):
            sea.arrive(mid)
        sea.now_ms += RESEND_AFTER_MS // 4
    assert sea.log.mark == last_seq


def test_a_lost_batch_goes_again_while_the_unit_keeps_recording() -> None:
    sea = Sea(last_seq=10)
    sea.ship()
    sea.vanish(1)
    while sea.log.mark < 10 and sea.now_ms < 10 * RESEND_AFTER_MS:
        sea.now_ms += 10_000
        sea.log = replace(sea.log, last_seq=sea.log.last_seq + 5)
        while sea.ship():
            pass
        for mid in sorted(sea.under_way):
            sea.arrive(mid)
    assert sea.log.mark >= 10


def test_one_log_that_stands_still_goes_again_while_another_moves() -> None:
    shipper = Shipper()
    shipper.next([log(5)], 0)
    shipper.sent(1, "one", 1, 5, 0)
    shipper.accepted(1, 0)
    for second in range(1, RESEND_AFTER_MS // 1000):
        moving = log(second, mark=second, name="two")
        assert shipper.next([log(5), moving], second * 1000) is None
    stretch = shipper.next([log(5), log(99, mark=99, name="two")], RESEND_AFTER_MS)
    assert stretch
    assert (stretch.log, stretch.after) == ("one", 0)


def test_a_puback_of_a_message_that_was_no_batch_shortens_no_pause() -> None:
    sea = Sea(last_seq=10)
    for expected_s in (1, 2, 4):
        assert sea.ship()
        sea.refuse(sea.mid)
        sea.shipper.accepted(12345, sea.now_ms)
        started_ms = sea.now_ms
        while sea.shipper.next([sea.log], sea.now_ms) is None:
            sea.now_ms += 500
        assert (sea.now_ms - started_ms) // 1000 == expected_s


def test_after_a_refusal_one_batch_asks_the_way() -> None:
    sea = Sea(last_seq=100 * BATCH_RECORDS)
    sea.ship()
    sea.refuse(1)
    sea.now_ms += 1000
    assert sea.ship()
    assert not sea.ship()
    sea.arrive(2)
    while sea.ship():
        pass
    assert len(sea.under_way) == WINDOW


def test_the_window_holds_until_the_broker_answers() -> None:
    sea = Sea(last_seq=100 * BATCH_RECORDS)
    while sea.ship():
        pass
    assert len(sea.under_way) == WINDOW
    sea.arrive(1)
    assert sea.ship()
    assert not sea.ship()


def test_older_logs_go_first() -> None:
    shipper = Shipper()
    logs = [log(3, mark=3), log(5, mark=2, name="two"), log(9, name="three")]
    stretch = shipper.next(logs, 0)
    assert stretch
    assert (stretch.log, stretch.after) == ("two", 2)


def test_nothing_is_sent_twice_while_the_depot_keeps_up() -> None:
    sea = Sea(last_seq=3 * BATCH_RECORDS)
    sent: list[int] = []
    while sea.ship():
        sent += sea.under_way[sea.mid]
        sea.arrive(sea.mid)
    assert sent == list(range(1, 3 * BATCH_RECORDS + 1))


def test_a_refused_batch_waits_longer_each_time_and_goes_again() -> None:
    sea = Sea(last_seq=10)
    pauses = []
    for _ in range(7):
        assert sea.ship()
        sea.refuse(sea.mid)
        started_ms = sea.now_ms
        while sea.shipper.next([sea.log], sea.now_ms) is None:
            sea.now_ms += 500
        pauses.append((sea.now_ms - started_ms) // 1000)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_mark_that_stands_still_is_answered_by_sending_again() -> None:
    sea = Sea(last_seq=10)
    sea.ship()
    sea.vanish(1)
    sea.now_ms = RESEND_AFTER_MS - 1
    assert not sea.ship()
    sea.now_ms = RESEND_AFTER_MS
    assert sea.ship()
    assert sea.under_way[2] == range(1, 11)


def test_the_backlog_leaves_the_link_as_long_as_its_share_says() -> None:
    """A window under way for 2 s at a share of a quarter: 6 s for everybody else."""
    sea = Sea(last_seq=100 * BATCH_RECORDS, share=0.25)
    while sea.ship():
        pass
    assert len(sea.under_way) == WINDOW
    for mid in sorted(sea.under_way):
        sea.now_ms += 2_000 // WINDOW
        sea.arrive(mid)
        assert not sea.ship()
    sea.now_ms += 5_999
    assert not sea.ship()
    sea.now_ms += 1
    assert sea.ship()


def test_a_link_that_hangs_for_a_minute_is_not_left_for_three() -> None:
    sea = Sea(last_seq=100 * BATCH_RECORDS, share=0.25)
    sea.ship()
    sea.now_ms += 60_000
    sea.arrive(1)
    sea.now_ms += 30_000
    assert sea.ship()


def test_a_round_that_ends_in_a_refusal_is_not_the_last() -> None:
    sea = Sea(last_seq=100 * BATCH_RECORDS, share=0.5)
    while sea.ship():
        pass
    for mid in sorted(sea.under_way)[:-1]:
        sea.arrive(mid)
    sea.refuse(sea.mid)
    sea.now_ms += 60_000
    assert sea.ship()


def test_few_records_wait_for_others_to_travel_with() -> None:
    sea = Sea(last_seq=3, gather_ms=300_000)
    assert sea.ship()  # the first of a connection go at once
    sea.arrive(1)
    sea.log = replace(sea.log, last_seq=13)
    sea.now_ms = 299_999
    assert not sea.ship()
    sea.now_ms = 300_000
    assert sea.ship()
    sea.arrive(2)
    sea.log = replace(sea.log, last_seq=sea.log.last_seq + BATCH_RECORDS // 2)
    assert sea.ship()  # many need not wait


def test_what_waits_goes_when_the_unit_stops() -> None:
    sea = Sea(last_seq=3, gather_ms=300_000)
    sea.ship()
    sea.arrive(1)
    sea.log = replace(sea.log, last_seq=4)
    assert not sea.ship()
    sea.shipper.hurry()
    assert sea.ship()


def test_a_depot_that_stores_nothing_is_tried_ever_more_rarely() -> None:
    sea = Sea(last_seq=5)
    times = []
    while sea.now_ms < 6 * 3_600_000:
        if sea.ship():
            times.append(sea.now_ms // 60_000)
            sea.vanish(sea.mid)
        sea.now_ms += 1_000
    assert times == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303]


def test_a_depot_that_stores_nothing_is_sent_a_try_and_not_the_backlog() -> None:
    sea = Sea(last_seq=1000 * BATCH_RECORDS)
    sent = 0
    while sea.now_ms < 2 * RESEND_AFTER_MS:
        if sea.ship():
            sent += len(sea.under_way[sea.mid])
            sea.vanish(sea.mid)
        else:
            sea.now_ms += 1_000
    assert sent <= 216 * BATCH_RECORDS


def test_a_log_that_cannot_be_read_holds_up_no_other() -> None:
    shipper = Shipper()
    logs = [log(5), log(9, name="two")]
    stretch = shipper.next(logs, 0)
    assert stretch
    shipper.unreadable(stretch.log, 0)
    other = shipper.next(logs, 0)
    assert other
    assert (stretch.log, other.log) == ("one", "two")
    shipper.sent(1, "two", 1, 9, 0)
    assert shipper.next(logs, RESEND_AFTER_MS - 1) is None
    again = shipper.next([log(5), log(9, mark=9, name="two")], RESEND_AFTER_MS)
    assert again
    assert again.log == "one"
