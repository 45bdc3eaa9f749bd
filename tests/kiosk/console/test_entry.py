"""The form of an outing: words for figures, and nothing that is entered gets lost."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_kiosk.console.choices import CLIMBS, LOADS, climb_m, climb_of, load_w, loads_of
from triporteur_kiosk.console.entry import Entry, Unclear, entry_of
from triporteur_wire.plan import misfit
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


@given(
    st.builds(
        Outing,
        km=st.integers(1, 800).map(lambda tenths: tenths / 10),
        climb_m=st.just(0.0),
        site_h=st.integers(0, 48).map(lambda halves: halves / 2),
        load_w=st.just(15.0),
        place=st.sampled_from(["", "Grand Parc"]),
        departs_utc_ms=st.just(round(NOW.timestamp()) * 1000),
    )
)
def test_an_outing_filled_into_the_form_comes_out_again(outing: Outing) -> None:
    again = entry_of(outing).outing("today", NOW)
    assert (again.km, again.site_h, again.place) == (outing.km, outing.site_h, outing.place)
    assert (again.load_w, again.departs_utc_ms) == (outing.load_w, outing.departs_utc_ms)
