"""The verdict's lamp: a pattern holds for as long as it is said."""

import pytest

from triporteur_device.gpio.lamp import ATTENTION, GO, STAY, Lamp, Pattern


def played(pattern: Pattern, *, say_every_ms: int, until_ms: int) -> list[bool]:
    """Lit or dark, twenty times a second, of a pattern that is said again and again."""
    seen: list[bool] = []
    lamp = Lamp(seen.append)
    for now_ms in range(0, until_ms, 50):
        if now_ms % say_every_ms == 0:
            lamp.show(pattern, now_ms)
        lamp.play(now_ms)
    return seen


def test_a_lamp_that_nobody_speaks_for_is_dark() -> None:
    seen: list[bool] = []
    Lamp(seen.append).play(0)
    assert seen == [False]


@pytest.mark.parametrize("pattern", [GO, ATTENTION])
def test_a_pattern_is_played_again_and_again(pattern: Pattern) -> None:
    total = round(sum(pattern) * 20)
    seen = played(pattern, say_every_ms=1_000, until_ms=8_000)
    assert seen == seen[:total] * (len(seen) // total)
    assert seen.count(True) == round(sum(pattern[::2]) / sum(pattern) * len(seen))


def test_saying_it_again_does_not_begin_it_again() -> None:
    assert played(GO, say_every_ms=50, until_ms=4_000) == played(
        GO, say_every_ms=1_000, until_ms=4_000
    )


@pytest.mark.parametrize("pattern", [GO, ATTENTION, STAY])
def test_it_goes_dark_by_itself_when_its_loop_hangs(pattern: Pattern) -> None:
    seen = played(pattern, say_every_ms=100_000, until_ms=20_000)
    assert any(seen[:61])
    assert not any(seen[61:])


def test_stay_is_lit_all_the_time_so_that_only_a_blink_is_go() -> None:
    assert all(played(STAY, say_every_ms=1_000, until_ms=6_000))
    assert not all(played(GO, say_every_ms=1_000, until_ms=6_000))


def test_another_pattern_begins_at_its_beginning() -> None:
    seen: list[bool] = []
    lamp = Lamp(seen.append)
    lamp.show(GO, 0)
    lamp.play(700)
    lamp.show(STAY, 700)
    lamp.play(700)
    assert seen == [False, True]
