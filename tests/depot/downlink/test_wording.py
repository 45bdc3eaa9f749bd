"""What a person types, as settings."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.downlink.wording import change, changed, written
from triporteur_wire.parcels import Scalar, Settings, pack, settings_of, unpack

scalars = st.one_of(
    st.booleans(),
    st.integers(1 - 2**53, 2**53 - 1),
    st.floats(1 - 2**53, 2**53 - 1),
    st.text(st.characters(codec="utf-8")),
)


@given(scalars)
@example("true")
@example("30")
@example('"')
@example("")
@example(" ")
@example("-0")
@example("1e3")
@example("Sète")
@example("two\nlines")
@example(-0.0)
def test_what_is_shown_can_be_typed_again(value: Scalar) -> None:
    key, read = change(f"unit.place={written(value)}")
    assert (key, read, type(read)) == ("unit.place", value, type(value))


@given(st.text() | st.builds("{}={}".format, st.from_regex(r"\A[a-z.]*\Z"), st.text()))
@example("unit.place=\udcff")
@example('unit.place="two\nlines')
@example('unit.place="\\ud800"')
@example("unit.place=" + "9" * 5000)
@example("unit.place=1e999")
def test_whatever_is_typed_is_a_setting_that_arrives_or_one_sentence(text: str) -> None:
    told = ""
    settings: Settings = {}
    try:
        settings = dict([change(text)])
    except AskedWrongly as error:
        told = str(error)
    assert bool(told) is not bool(settings)
    assert "\n" not in told
    assert settings_of(unpack(pack(1, settings))) == settings


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("30", 30),
        ("-2", -2),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("0612345678", "0612345678"),
        ("0,5", "0,5"),
        ("Place Sainte-Anne", "Place Sainte-Anne"),
        ('"30"', "30"),
        ('""', ""),
    ],
)
def test_numbers_truths_and_text_are_told_apart(typed: str, meant: Scalar) -> None:
    _, value = change(f"unit.place={typed}")
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("ben", "write key=value"),
        ("period=3", "mqtt.status_period_s"),
        ("fleet.size=3", "no table [fleet]"),
        ("unit.place=", "--unset unit.place"),
        ('unit.place="half', "double quote"),
        ("mqtt.status_period_s=1e400", "smaller number"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_to_do(typed: str, advice: str) -> None:
    with pytest.raises(AskedWrongly) as told:
        change(typed)
    assert advice in str(told.value)


def test_a_key_is_changed_added_or_taken_away_and_the_others_stay() -> None:
    before: dict[str, Scalar] = {"unit.place": "Rennes", "mqtt.keepalive_s": 20}
    after = changed(before, ["mqtt.keepalive_s=30", "clock.trust=ntp"], ["unit.place"])
    assert after == {"mqtt.keepalive_s": 30, "clock.trust": "ntp"}
    assert before == {"unit.place": "Rennes", "mqtt.keepalive_s": 20}


def test_what_is_not_set_cannot_be_unset_and_what_is_set_is_told() -> None:
    with pytest.raises(AskedWrongly, match=r"set is: unit\.place"):
        changed({"unit.place": "Rennes"}, [], ["mqtt.keepalive_s"])
