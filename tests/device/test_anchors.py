from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import Clock, WallTime


class Wall:
    """A wall clock set by the test: None, or both times in seconds."""

    def __init__(self) -> None:
        self.time: WallTime | None = None
        self.mono_s = 0.0

    def set(self, mono_s: float, utc_s: float) -> None:
        self.time = WallTime(round(mono_s * 1000), round(utc_s * 1000), 5, "ntp")

    @property
    def clock(self) -> Clock:
        return Clock(lambda: round(self.mono_s * 1000), lambda: self.time)


def test_nothing_is_anchored_while_nothing_vouches_for_the_time() -> None:
    keeper = AnchorKeeper(Wall().clock)
    assert keeper.due() is None
    assert keeper.utc_ms() is None


def test_the_first_known_time_is_anchored_then_one_an_hour() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall.clock)
    anchored = []
    for second in range(2 * 3600 + 1):
        wall.set(second, 1_800_000_000 + second)
        if keeper.due():
            anchored.append(second)
    assert anchored == [0, 3600, 7200]


def test_a_clock_that_jumps_is_anchored_at_once() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall.clock)
    wall.set(0, 0)
    assert keeper.due() == wall.time
    wall.set(1, 1_800_000_000)
    assert keeper.due() == wall.time
    wall.set(2, 1_800_000_001.5)
    assert keeper.due() is None


def test_a_slow_moment_between_two_looks_is_no_jump() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall.clock)
    wall.set(0, 1_800_000_000)
    keeper.due()
    wall.set(30, 1_800_000_030)
    assert keeper.due() is None


def test_without_a_clock_the_depots_word_is_carried_on_and_grows_less_sure() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall.clock)
    keeper.hear(WallTime(1_000, 1_800_000_000_000, 200, "depot"))
    wall.mono_s = 1 + 3600
    assert keeper.wall() == WallTime(3_601_000, 1_800_003_600_000, 200 + 360, "depot")
    assert keeper.due() == keeper.wall()


def test_a_clock_that_ntp_holds_counts_before_the_depots_word() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall.clock)
    keeper.hear(WallTime(0, 1_800_000_000_000, 200, "depot"))
    assert keeper.due()
    wall.set(10, 1_800_000_010.1)
    wall.mono_s = 10
    assert keeper.due() == wall.time
    assert keeper.utc_ms() == 1_800_000_010_100


def test_a_stale_clock_that_nothing_holds_is_never_anchored() -> None:
    """After a power cut a Pi's clock stands at the last time saved: plausible, and wrong."""
    wall = Wall()  # adjtimex(2) says that it is not synchronised: None
    keeper = AnchorKeeper(wall.clock)
    for second in range(3600):
        wall.mono_s = second
        assert keeper.due() is None
        assert keeper.utc_ms() is None


def test_a_clock_set_back_forward_or_to_1970_is_anchored_each_time_it_is_held_again() -> None:
    wall = Wall()
    keeper = AnchorKeeper(wall.clock)
    noted = []
    for second, utc_s in enumerate([1_800_000_000, 1_799_990_001, 1_800_090_002, 3.0]):
        wall.set(second, utc_s)
        anchor = keeper.due()
        assert anchor
        noted.append(anchor.utc_ms // 1000)
    assert noted == [1_800_000_000, 1_799_990_001, 1_800_090_002, 3]
