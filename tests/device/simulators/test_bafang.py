"""The simulated line holds both sides, read here by plain arithmetic on the documents."""

from dataclasses import replace

import pytest

from triporteur_device.simulators.bafang import BafangDevice
from triporteur_device.simulators.parameters import MONDAY_S, Phase
from triporteur_device.simulators.trike import TrikeModel, TrikeParameters, TrikeState

QUESTIONS = ("1108", "110a", "1111", "1120", "112233", "1131")


@pytest.fixture
def riding() -> TrikeState:
    model = TrikeModel(TrikeParameters(), 1, MONDAY_S)
    model.set_phase(Phase.RIDING)
    model.advance(20.0)
    return model.state


def answers(state: TrikeState) -> dict[str, bytes]:
    """The answers of the first round in which none is missed."""
    device = BafangDevice(1)
    while True:
        sent = [burst.data for burst in device.push(state)][1:]
        if len(sent) == 2 * len(QUESTIONS):
            return dict(zip((q.hex() for q in sent[::2]), sent[1::2], strict=True))


def test_a_round_says_what_the_trike_does(riding: TrikeState) -> None:
    said = answers(riding)
    assert tuple(said) == QUESTIONS
    assert said["1108"] == b"\x01"
    assert said["110a"][0] / 2 == pytest.approx(riding.motor.input_a, abs=0.3)
    turns = int.from_bytes(said["1120"][:2], "big")
    assert 0.06 * 1.6 * turns == pytest.approx(riding.speed_kmh, abs=0.1)
    assert said["1131"] == b"\x30\x30"


def test_every_answer_is_said_twice_or_summed(riding: TrikeState) -> None:
    said = answers(riding)
    for question in ("110a", "1111", "1131"):
        assert said[question][0] == said[question][1]
    assert sum(said["1120"][:2], 0x20) & 0xFF == said["1120"][2]
    assert sum(said["112233"][:2]) & 0xFF == said["112233"][2]


def test_the_display_sets_a_level_that_adds_up(riding: TrikeState) -> None:
    setting = BafangDevice(1).push(riding)[0].data
    assert setting[:2] == b"\x16\x0b"
    assert sum(setting[:3]) & 0xFF == setting[3]


def test_a_question_is_missed_now_and_then(riding: TrikeState) -> None:
    device = BafangDevice(1)
    missed = sum(13 - len(device.push(riding)) for _ in range(200))
    assert 5 < missed < 60


def test_a_trike_at_rest_turns_no_wheel(riding: TrikeState) -> None:
    still = replace(riding.motor, speed_kmh=0.0, input_a=0.0)
    said = answers(replace(riding, speed_kmh=0.0, motor=still))
    assert said["1120"] == b"\x00\x00\x20"
    assert said["1131"] == b"\x31\x31"
    assert said["110a"] == b"\x00\x00"


def test_it_is_deaf_and_dark_without_a_battery(riding: TrikeState) -> None:
    assert BafangDevice(1).receive(b"\x11\x08", riding) == []
    assert BafangDevice(1).push(replace(riding, discharge_fet=False)) == []
