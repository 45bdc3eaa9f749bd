"""`make soak`: cuts a unit's power again and again, and asks whether anything was lost.

`python -m tests.system [--times N] [--suite bookworm|trixie] [--seed N]`, as root; exit status 1
when a boot was not healthy, or a record that was on the card is not at the depot.
"""

import argparse
import os
import random
import secrets
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from tests.rig import Road, free_port, wait_for
from tests.system import arm
from tests.system.cuts import Fleet
from tests.system.measures import memory_mb
from tests.system.parts import SERVICES, package, why_not

#: All of decoding, journal and portal, but for Chromium, which is not emulated.
_ON_ARM = (
    "tests/device/protocols", "tests/device/journal", "tests/kiosk/public", "-m", "not browser",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system")
    parser.add_argument("--times", type=int, default=50, help="how often the power is cut (50)")
    parser.add_argument("--suite", default="bookworm", help="which Debian (bookworm)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--without-arm", action="store_true", help="emulate no other processor")
    asked = parser.parse_args()
    if why := why_not() or why_not(arm.EMULATOR):
        parser.error(why)
    print(f"Seed {asked.seed}, Debian {asked.suite}, {os.cpu_count()} cores", flush=True)
    _build_twice()
    lost = _cuts(asked.times, asked.suite, random.Random(asked.seed))
    if not asked.without_arm:
        with tempfile.TemporaryDirectory() as folder:
            release = arm.unpacked(Path(folder))
            arm.load_everything(release)
            arm.run_tests(release, *_ON_ARM)
    return 1 if lost else 0


def _build_twice() -> None:
    with tempfile.TemporaryDirectory() as made:
        one, other = Path(made, "one"), Path(made, "other")
        packages = [folder / package("unit", folder) for folder in (one, other)]
        same = packages[0].read_bytes() == packages[1].read_bytes()
        assert same, "a package that is built again is another one"


def _cuts(times: int, suite: str, chance: random.Random) -> int:
    """How many records were lost."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "road").mkdir()
        with Road(folder / "road") as road, Fleet(folder, suite, road, free_port()) as fleet:
            road.start_broker()
            road.start_depot()
            fleet.install()
            for number in range(1, times + 1):
                fleet.boot()
                threading.Event().wait(chance.uniform(0, 6))  # the power goes when it likes
                fleet.cut()
                if number % 10 == 0:
                    print(f"{number} cuts, {len(fleet.committed)} records on the card", flush=True)
            fleet.boot()
            for service in SERVICES:
                print(f"{service}: {memory_mb(fleet.unit, service):.0f} MB")
            wait_for(fleet.is_delivered, "all is delivered", 120)
            lost = fleet.lost()
    _tell("portal answers", fleet.portal_s)
    _tell("first reading", fleet.reading_s)
    print(f"{times} cuts, {len(fleet.committed)} records were on the card, {len(lost)} lost")
    return len(lost)


def _tell(what: str, seconds: list[float]) -> None:
    print(f"{what}: {statistics.median(seconds):.1f} s, at worst {max(seconds):.1f} s")


if __name__ == "__main__":
    sys.exit(main())
