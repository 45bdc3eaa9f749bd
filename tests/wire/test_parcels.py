"""Parcels: whole, of their checksum, or refused in a sentence."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.parcels import MAX_PARCEL_BYTES, pack, settings_of, text_of, unpack
from triporteur_wire.reading import Unreadable


def test_settings_come_back_as_they_were() -> None:
    parcel = unpack(pack(3, {"unit.place": "Léré", "mqtt.status_period_s": 30, "mqtt.tls": True}))
    assert parcel.revision == 3
    assert settings_of(parcel) == {
        "unit.place": "Léré",
        "mqtt.status_period_s": 30,
        "mqtt.tls": True,
    }


@given(st.text())
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert text_of(unpack(pack(1, text))) == text


def test_a_body_of_another_checksum_is_refused() -> None:
    changed = pack(1, "douze").replace(b"douze", b"treize")
    with pytest.raises(Unreadable, match="checksum"):
        unpack(changed)


def test_a_parcel_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Unreadable, match=str(MAX_PARCEL_BYTES)):
        unpack(b" " * (MAX_PARCEL_BYTES + 1))


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
        lambda found: json.dumps(found).encode()
    )
)
def test_whatever_comes_is_a_parcel_or_refused(payload: bytes) -> None:
    with suppress(Unreadable):
        assert unpack(payload).revision >= 1


def test_a_text_is_no_settings_and_settings_are_no_text() -> None:
    with pytest.raises(Unreadable):
        settings_of(unpack(pack(1, "text")))
    with pytest.raises(Unreadable):
        text_of(unpack(pack(1, {})))
