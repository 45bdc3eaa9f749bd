"""The form of an outing: words for figures, and nothing that is entered gets lost."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from triporteur_kiosk.console.choices import CLIMBS, LOADS, climb_m, climb_of, load_w, loads_of
from triporteur_kiosk.console.entry import Entry, Unclear, entered, entry_of
from triporteur_wire.plan import MOST_CLIMB_M, MOST_KM, MOST_LOAD_W, MOST_SITE_H, misfit
from triporteur_wire.readiness import Outing

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 18, 12, 6, tzinfo=PARIS)


def test_an_entry_is_an_outing() -> None:
    entry = Entry("  Grand   Parc ", "7,5", "rolling", "2.5", "09:30", ("phones", "light"))
    departs = datetime(2026, 11, 19, 9, 30, tzinfo=PARIS)
    expected = Outing(7.5, 112.5, 2.5, 41.0, "Grand Parc", round(departs.timestamp() * 1000))
    assert entry.outing("tomorrow", NOW) == expected


def test_an_hour_is_of_the_day_in_local_time_even_when_the_clocks_change() -> None:
    before_winter = datetime(2026, 10, 24, 20, 0, tzinfo=PARIS)
    departs = Entry(km="6", departs="09:30").outing("tomorrow", before_winter).departs_utc_ms
    assert departs == round(datetime(2026, 10, 25, 8, 30, tzinfo=ZoneInfo("UTC")).timestamp() * 1e3)


def test_without_an_hour_or_a_clock_nothing_is_said_of_the_departure() -> None:
    assert Entry(km="6").outing("today", NOW).departs_utc_ms is None
    assert Entry(km="6", departs="09:30").outing("today", None).departs_utc_ms is None


@pytest.mark.parametrize(
    ("entry", "field", "sentence"),
    [
        (Entry(km=""), "km", "La distance est un nombre"),
        (Entry(km="sept"), "km", "La distance est un nombre"),
        (Entry(km="nan"), "km", "La distance est un nombre"),
        (Entry(km="1e999"), "km", "La distance est un nombre"),
        (Entry(km="0"), "", "La distance va de plus de 0"),
        (Entry(km="-6"), "", "La distance va de plus de 0"),
        (Entry(km="750"), "", "La distance va de plus de 0"),
        (Entry(km="6", climb="up"), "climb", "Touchez un relief"),
        (Entry(km="6", hours=""), "hours", "Touchez une durée"),
        (Entry(km="6", hours="99"), "", "La durée sur place va de 0"),
        (Entry(km="6", departs="9 heures"), "departs", "L’heure de départ"),
        (Entry(km="6", place="x" * 41), "", "Le nom du lieu"),
        (Entry(km="6", place="a\x00b"), "", "Le nom du lieu"),
    ],
)
def test_what_cannot_be_taken_says_what_to_do(entry: Entry, field: str, sentence: str) -> None:
    with pytest.raises(Unclear) as unclear:
        entry.outing("today", NOW)
    assert unclear.value.field == field
    assert unclear.value.sentence.startswith(sentence)


words = st.text(max_size=12)


@given(
    st.builds(
        Entry,
        place=words,
        km=words | st.floats().map(str),
        climb=words | st.sampled_from([one.key for one in CLIMBS]),
        hours=words | st.floats().map(str),
        departs=words | st.times().map(str),
        loads=st.lists(words | st.sampled_from([one.key for one in LOADS])).map(tuple),
        was=words,
    )
)
def test_whatever_is_entered_is_an_outing_that_fits_or_is_unclear(entry: Entry) -> None:
    with suppress(Unclear):
        assert misfit(entry.outing("today", NOW)) == ""


@given(st.sampled_from(CLIMBS), st.floats(0.1, 80))
def test_a_climb_comes_back_as_its_word(climb: object, km: float) -> None:
    key = getattr(climb, "key", "")
    metres = climb_m(key, km)
    assert metres is not None
    assert climb_of(metres, km) == key


@given(st.sets(st.sampled_from([one.key for one in LOADS])))
def test_loads_come_back_as_those_that_were_chosen(chosen: set[str]) -> None:
    assert set(loads_of(load_w(tuple(chosen)))) == chosen


NOW_MS = round(NOW.timestamp()) * 1000
#: Whatever settings and an agent may hold, and not only what the form offers.
outings = st.builds(
    Outing,
    km=st.floats(0.01, MOST_KM),
    climb_m=st.floats(0, MOST_CLIMB_M),
    site_h=st.floats(0, MOST_SITE_H),
    load_w=st.floats(0, MOST_LOAD_W),
    place=st.sampled_from(["", "Grand Parc", " Halle\u00a0:  l’été "]),
    departs_utc_ms=st.integers(NOW_MS, NOW_MS + 6 * 3_600_000),
)


@given(outings)
def test_an_outing_that_is_shown_and_sent_back_untouched_is_the_same(outing: Outing) -> None:
    assert entry_of(outing).outing("today", NOW) == outing


@given(outings)
def test_an_outing_of_which_only_the_hour_was_touched_is_else_the_same(outing: Outing) -> None:
    later = replace(entry_of(outing), departs="21:30").outing("today", NOW)
    departs = datetime(2026, 11, 18, 21, 30, tzinfo=PARIS)
    expected_ms = round(departs.timestamp() * 1000)
    assert later == msgspec.structs.replace(outing, departs_utc_ms=expected_ms)


@given(outings)
def test_a_form_that_is_shown_again_keeps_what_nobody_touched(outing: Outing) -> None:
    sent = {"km": "sept", "was": entry_of(outing).was}
    climb, loads = climb_of(outing.climb_m, outing.km), loads_of(outing.load_w)
    again = replace(entered(MultiDict(sent)), km="5,0", climb=climb, hours="2", loads=loads)
    found = again.outing("today", NOW)
    assert found.load_w == outing.load_w
    as_steep_m = min(outing.climb_m * 5 / outing.km, MOST_CLIMB_M)
    by_word_m = climb_m(climb, 5.0)
    assert by_word_m is not None
    assert found.climb_m == pytest.approx(max(as_steep_m, by_word_m))


def test_what_was_touched_is_what_the_form_says() -> None:
    concert = entry_of(Outing(6.0, 250.0, 4.0, 200.0, "Concert au parc"))
    assert (concert.climb, concert.loads) == ("steep", tuple(one.key for one in LOADS))
    touched = replace(concert, climb="flat", loads=("phones",)).outing("today", NOW)
    assert (touched.climb_m, touched.load_w) == (30.0, 35.0)


@given(
    words
    | st.builds(Outing, *[st.floats()] * 4, departs_utc_ms=st.integers(0, 2**53)).map(
        lambda outing: msgspec.json.encode(outing).decode()
    )
)
def test_whatever_a_form_says_that_it_was_drawn_from_what_comes_of_it_fits(was: str) -> None:
    with suppress(Unclear):
        assert misfit(Entry(km="6", departs="09:30", was=was).outing("today", NOW)) == ""
