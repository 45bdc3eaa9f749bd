"""The plan aboard: by local date, over midnight and over power cuts, with and without a clock."""

from datetime import datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.outings import Outings
from triporteur_wire.local_time import PARIS
from triporteur_wire.plan import UsualPlace
from triporteur_wire.readiness import USUAL_OUTING, Outing

MARKET = Outing(6.0, 40.0, 3.0, 20.0, place="Marché")
SCHOOL = Outing(12.0, 80.0, 3.0, 20.0, place="Lycée")
PLACE = UsualPlace("Marché", 6.0)


def at(day: int, hour: int, minute: int = 0) -> int:
    """A local instant of November 2026."""
    return round(datetime(2026, 11, day, hour, minute, tzinfo=PARIS).timestamp() * 1000)


class Card:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "plan.json"
        self.refuge = folder / "run" / "plan.json"

        #: since boot
        self.mono_ms = 60_000

    def open(self, boot_no: int = 1) -> Outings:
        file = KeptFile(self.path, self.refuge)
        return Outings(file, boot_no, PARIS, time(9), [PLACE], lambda: self.mono_ms)


@pytest.fixture
def card(tmp_path: Path) -> Card:
    return Card(tmp_path)


def test_without_anything_entered_there_are_only_the_usual_places(card: Card) -> None:
    plan = card.open().plan(at(22, 14))
    assert (plan.today, plan.tomorrow, plan.places, plan.dated) == (None, None, (PLACE,), True)
    assert not card.path.exists()


def test_tomorrow_leaves_at_the_usual_hour_and_is_today_after_midnight(card: Card) -> None:
    outings = card.open()
    assert outings.enter("tomorrow", SCHOOL, at(22, 18)) == ""
    entered = outings.plan(at(22, 18)).tomorrow
    assert entered
    assert (entered.place, entered.departs_utc_ms) == ("Lycée", at(23, 9))
    assert outings.plan(at(23, 0, 1)).today == entered
    assert outings.plan(at(24, 0, 1)).today is None


def test_an_outing_of_today_entered_after_the_usual_hour_leaves_now(card: Card) -> None:
    outings = card.open()
    outings.enter("today", MARKET, at(22, 14))
    entered = outings.plan(at(22, 15)).today
    assert entered
    assert entered.departs_utc_ms == at(22, 14)


def test_the_plan_outlives_a_power_cut(card: Card) -> None:
    card.open().enter("tomorrow", SCHOOL, at(22, 18))
    again = card.open(boot_no=2).plan(at(23, 7))
    assert again.today
    assert again.today.place == "Lycée"


def test_what_is_past_is_dropped_when_something_is_entered(card: Card) -> None:
    outings = card.open()
    outings.enter("today", MARKET, at(20, 8))
    outings.enter("today", SCHOOL, at(22, 8))
    assert b"Lyc" in card.path.read_bytes()
    assert b"March" not in card.path.read_bytes()


def test_what_is_past_may_be_meant_no_more_on_a_later_start_without_a_clock(card: Card) -> None:
    outings = card.open()
    outings.enter("today", SCHOOL, at(22, 8))
    assert replace(SCHOOL, departs_utc_ms=None) in card.open(2).perhaps(None)
    outings.plan(at(23, 8))
    assert card.open(3).perhaps(None) == [USUAL_OUTING]


def test_an_outing_is_forgotten_for_its_day_alone(card: Card) -> None:
    outings = card.open()
    outings.enter("today", MARKET, at(22, 8))
    outings.enter("tomorrow", SCHOOL, at(22, 8))
    outings.forget("today", at(22, 9))
    plan = card.open().plan(at(22, 9))
    assert (plan.today, plan.tomorrow and plan.tomorrow.place) == (None, "Lycée")


@pytest.mark.parametrize("departs", [at(24, 9), 0, 2**52])
def test_a_departure_of_another_day_is_refused(card: Card, departs: int) -> None:
    outing = Outing(6.0, 40.0, 3.0, 20.0, departs_utc_ms=departs)
    assert "pas de ce jour-là" in card.open().enter("tomorrow", outing, at(22, 18))


def test_an_outing_that_would_be_over_is_refused_and_one_under_way_is_not(card: Card) -> None:
    outings = card.open()
    outing = Outing(6.0, 40.0, 3.0, 20.0, departs_utc_ms=at(22, 9))
    assert outings.enter("today", outing, at(22, 12)) == ""
    assert "déjà finie" in card.open().enter("today", outing, at(22, 13))


def test_a_day_of_25_hours_has_one_tomorrow(card: Card) -> None:
    sunday = datetime(2026, 10, 24, 20, tzinfo=PARIS)
    outings = card.open()
    outings.enter("tomorrow", SCHOOL, round(sunday.timestamp() * 1000))
    entered = outings.plan(round(sunday.timestamp() * 1000)).tomorrow
    assert entered
    expected = datetime(2026, 10, 25, 9, tzinfo=PARIS)
    assert entered.departs_utc_ms == round(expected.timestamp() * 1000)
    assert expected - sunday == timedelta(hours=13)  # wall time; one hour more really passes


# A unit that does not know the time.


def test_without_a_clock_todays_outing_can_be_entered_and_says_that_it_has_no_date(
    card: Card,
) -> None:
    outings = card.open()
    assert outings.enter("today", MARKET, None) == ""
    plan = outings.plan(None)
    assert (plan.today, plan.dated) == (MARKET, False)


def test_without_a_clock_tomorrow_is_refused_in_words(card: Card) -> None:
    outings = card.open()
    assert "seule la sortie du jour" in outings.enter("tomorrow", SCHOOL, None)
    assert outings.plan(None).tomorrow is None


@pytest.mark.parametrize(
    ("entered", "learnt", "departs"), [((22, 8), (22, 16), (22, 16)), ((22, 7), (22, 8), (22, 9))]
)
def test_what_was_entered_without_a_clock_is_of_its_day_and_still_ahead(
    card: Card, entered: tuple[int, int], learnt: tuple[int, int], departs: tuple[int, int]
) -> None:
    card.open().enter("today", MARKET, None)
    card.mono_ms += at(*learnt) - at(*entered)
    outings = card.open()
    dated = outings.plan(at(*learnt)).today
    assert dated
    assert (dated.place, dated.departs_utc_ms) == ("Marché", at(*departs))
    assert outings.plan(at(23, 10)).today is None


def test_what_was_entered_without_a_clock_is_dropped_with_its_day(card: Card) -> None:
    card.open().enter("tomorrow", SCHOOL, at(22, 18))
    outings = card.open(boot_no=2)
    outings.enter("today", MARKET, None)
    card.mono_ms += at(23, 8) - at(22, 19)
    plan = outings.plan(at(23, 8))
    assert plan.today
    assert (plan.today.place, plan.tomorrow) == ("Lycée", None)
    card.mono_ms += 1000
    again = card.open(boot_no=2).plan(at(23, 8))
    assert again == plan


def test_what_an_older_agent_kept_of_this_boot_is_of_the_day_on_which_it_began(
    card: Card,
) -> None:
    card.open().enter("today", MARKET, None)
    stored = msgspec.json.decode(card.path.read_bytes(), type=dict[str, object])
    del stored["undated_mono_ms"]
    card.path.write_bytes(msgspec.json.encode(stored))
    card.mono_ms = at(22, 10) - at(22, 8)
    dated = card.open().plan(at(22, 10)).today
    assert dated
    assert (dated.place, dated.departs_utc_ms) == ("Marché", at(22, 10))


def test_what_was_entered_without_a_clock_holds_for_its_boot_alone(card: Card) -> None:
    card.open(boot_no=4).enter("today", MARKET, None)
    assert card.open(boot_no=4).plan(None).today == MARKET
    assert card.open(boot_no=5).plan(None).today is None


def test_without_a_clock_todays_outing_can_be_forgotten_and_no_dated_one_is(card: Card) -> None:
    outings = card.open()
    outings.enter("tomorrow", SCHOOL, at(22, 18))
    outings.enter("today", MARKET, None)
    outings.forget("tomorrow", None)
    outings.forget("today", None)
    assert outings.plan(None).today is None
    assert outings.plan(at(22, 18)).tomorrow


# A card that refuses.


def test_a_plan_that_cannot_be_read_is_entered_again(
    card: Card, caplog: pytest.LogCaptureFixture
) -> None:
    card.path.write_bytes(b"{")
    outings = card.open()
    assert outings.plan(at(22, 8)).today is None
    assert "must be entered again" in caplog.text
    assert outings.enter("today", MARKET, at(22, 8)) == ""


def test_while_the_card_refuses_the_plan_is_kept_in_ram_and_that_one_counts(
    card: Card, caplog: pytest.LogCaptureFixture
) -> None:
    card.open().enter("today", MARKET, at(22, 8))
    card.path.unlink()
    card.path.mkdir()  # nothing replaces a folder
    outings = card.open()
    outings.enter("today", SCHOOL, at(22, 8))
    outings.enter("tomorrow", SCHOOL, at(22, 8))
    assert [r.levelname for r in caplog.records if "kept in memory" in r.message] == ["ERROR"]
    again = card.open().plan(at(22, 9))
    assert again.today
    assert again.today.place == "Lycée"
    card.path.rmdir()
    outings.enter("today", MARKET, at(22, 9))
    assert not card.refuge.exists()
    assert "can be written again" in caplog.text


@pytest.mark.parametrize("damaged", [b'"km":-12.0', b'"km":12e9'])
def test_a_stored_outing_that_nobody_can_enter_is_none(card: Card, damaged: bytes) -> None:
    card.open().enter("today", SCHOOL, at(22, 14))
    stored = card.path.read_bytes()
    assert b'"km":12.0' in stored
    card.path.write_bytes(stored.replace(b'"km":12.0', damaged))
    assert card.open().plan(at(22, 14)).today is None
