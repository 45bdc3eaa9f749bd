from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import WallTime
from triporteur_wire.records import Anchor

HOUR_MS = 3_600_000


class Wall:
    """A wall clock set by the test: None, or an offset to the boot clock."""

    def __init__(self) -> None:
        self.utc_ms: int | None = None

    def __call__(self) -> WallTime | None:
        return None if self.utc_ms is None else WallTime(self.utc_ms, 5, "ntp")


def test_nothing_is_anchored_while_nothing_vouches_for_the_time() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall)
    assert keeper.due(0) is None
    assert keeper.utc_ms() is None


def test_the_first_known_time_is_anchored_then_one_an_hour() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall)
    anchored = []
    for second in range(2 * 3600 + 1):
        wall.utc_ms = 1_800_000_000_000 + second * 1000
        if keeper.due(second * 1000):
            anchored.append(second)
    assert anchored == [0, 3600, 7200]


def test_a_clock_that_jumps_is_anchored_at_once() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall)
    wall.utc_ms = 0
    assert keeper.due(0) == Anchor(0, 5, "ntp")
    wall.utc_ms = 1_800_000_000_000
    assert keeper.due(1_000) == Anchor(1_800_000_000_000, 5, "ntp")
    wall.utc_ms += 1_500
    assert keeper.due(2_000) is None
