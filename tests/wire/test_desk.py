"""The lines between console and desk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_wire.desk import (
    MOST_BYTES,
    Done,
    ForgetOuting,
    PhoneCharging,
    PlanOuting,
    Refused,
    decode_asked,
    decode_told,
    encode,
)
from triporteur_wire.plan import MOST_PLACE, UsualPlace, misfit
from triporteur_wire.readiness import Outing
from triporteur_wire.reading import Unreadable

LONGEST = Outing(80.0, 2000.0, 24.0, 500.0, place="é" * MOST_PLACE, departs_utc_ms=2**53 - 1)


@pytest.mark.parametrize(
    "asked", [PlanOuting("tomorrow", LONGEST), ForgetOuting("today"), PhoneCharging(on=True)]
)
def test_a_request_comes_out_as_it_went_in(
    asked: PlanOuting | ForgetOuting | PhoneCharging,
) -> None:
    line = encode(asked)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert len(line) < MOST_BYTES / 4
    assert decode_asked(line) == asked


@pytest.mark.parametrize("told", [Done(), Refused("Non.\nVraiment.")])
def test_an_answer_comes_out_as_it_went_in(told: Done | Refused) -> None:
    line = encode(told)
    assert line.count(b"\n") == 1
    assert decode_told(line) == told


@given(st.binary(max_size=MOST_BYTES + 10))
def test_whatever_else_comes_is_unreadable(line: bytes) -> None:
    for decode in (decode_asked, decode_told):
        with pytest.raises(Unreadable):
            decode(line)


def test_what_a_usual_place_gives_is_an_outing_that_fits() -> None:
    place = UsualPlace("Marché Saint-Aubin", 6.5, 40.0)
    outing = place.outing(1_795_420_800_000)
    assert outing == Outing(6.5, 40.0, 4.0, 20.0, "Marché Saint-Aubin", 1_795_420_800_000)
    assert misfit(outing) == ""
    assert misfit(LONGEST) == ""


@pytest.mark.parametrize("km", [float("nan"), float("inf"), -1.0])
def test_a_distance_that_is_none_does_not_fit(km: float) -> None:
    assert "La distance" in misfit(Outing(km, 0.0, 1.0, 1.0))
