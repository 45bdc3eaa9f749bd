from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import WallTime


class Wall:
    """A wall clock set by the test: None, or both times in seconds."""

    def __init__(self) -> None:
        self.time: WallTime | None = None

    def set(self, mono_s: float, utc_s: float) -> None:
        self.time = WallTime(round(mono_s * 1000), round(utc_s * 1000), 5, "ntp")

    def __call__(self) -> WallTime | None:
        return self.time


def test_nothing_is_anchored_while_nothing_vouches_for_the_time() -> None:
    keeper = AnchorKeeper(Wall())
    assert keeper.due() is None
    assert keeper.utc_ms() is None


def test_the_first_known_time_is_anchored_then_one_an_hour() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall)
    anchored = []
    for second in range(2 * 3600 + 1):
        wall.set(second, 1_800_000_000 + second)
        if keeper.due():
            anchored.append(second)
    assert anchored == [0, 3600, 7200]


def test_a_clock_that_jumps_is_anchored_at_once() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall)
    wall.set(0, 0)
    assert keeper.due() == wall.time
    wall.set(1, 1_800_000_000)
    assert keeper.due() == wall.time
    wall.set(2, 1_800_000_001.5)
    assert keeper.due() is None


def test_a_slow_moment_between_two_looks_is_no_jump() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall)
    wall.set(0, 1_800_000_000)
    keeper.due()
    wall.set(30, 1_800_000_030)
    assert keeper.due() is None
