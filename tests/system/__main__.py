"""`make soak`: cuts a unit's power again and again, and asks whether anything was lost.

`python -m tests.system [--times N] [--kills N] [--suite bookworm|trixie] [--seed N]`, as root; exit
status 1 when a boot was not healthy, or a record that was on the card is not at the depot.
"""

import argparse
import os
import random
import secrets
import statistics
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.rig import wait_for
from tests.system import arm, parts
from tests.system.cuts import ALL, Fleet
from tests.system.ends import ends
from tests.system.kills import Updates
from tests.system.later import updates
from tests.system.measures import memory_mb

#: All of decoding, journal and portal, but for what needs a depot, or programs of their own.
_ON_ARM = (
    "tests/device/protocols", "tests/device/journal", "tests/kiosk/public",
    *(f"--ignore=tests/kiosk/public/test_{one}.py" for one in ("api", "push", "portal_in_browser")),
    "-m", "not slow",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system")
    parser.add_argument("--times", type=int, default=50, help="how often the power is cut (50)")
    parser.add_argument("--kills", type=int, default=20, help="how often an update is killed (20)")
    parser.add_argument("--suite", default="bookworm", help="which Debian (bookworm)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31))
    parser.add_argument("--without-arm", action="store_true", help="emulate no other processor")
    asked = parser.parse_args()
    if why := parts.why_not() or parts.why_not(arm.EMULATOR):
        parser.error(why)
    print(f"Seed {asked.seed}, Debian {asked.suite}, {os.cpu_count()} cores", flush=True)
    _build_twice()
    lost = _cuts(asked.times, asked.kills, asked.suite, random.Random(asked.seed))
    if not asked.without_arm:
        with tempfile.TemporaryDirectory() as folder:
            release = parts.release(Path(folder), "arm64")
            arm.load_everything(release)
            arm.run_tests(release, *_ON_ARM)
    return 1 if lost else 0


def _build_twice() -> None:
    with tempfile.TemporaryDirectory() as made:
        for once in ("one", "other"):
            parts.build("unit", "amd64", Path(made, once))
        one, other = (path.read_bytes() for path in Path(made).glob("*/*.deb"))
        assert one == other, "a package that is built again is another one"


def _cuts(times: int, kills: int, suite: str, chance: random.Random) -> int:
    """How many records were lost."""
    with tempfile.TemporaryDirectory() as made, ends(Path(made), suite) as both:
        fleet = Fleet(both, Path(made))
        for number in range(1, times + 1):
            fleet.boot()
            threading.Event().wait(chance.uniform(0, 6))  # the power goes when it likes
            fleet.cut()
            if number % 10 == 0:
                print(f"{number} cuts, {len(fleet.committed)} records on the card", flush=True)
        _tell("portal answers", fleet.portal_s)
        _tell("first reading", fleet.reading_s)
        fleet.boot()
        for service in ALL:
            print(f"{service}: {memory_mb(both.unit, service):.0f} MB", flush=True)
        _kill(kills, fleet, Path(made, "shared"), chance)
        wait_for(both.is_delivered, "all is delivered", 120)
        lost = fleet.lost()
    print(f"{len(fleet.committed)} records were on the card, {len(lost)} lost", flush=True)
    return len(lost)


def _kill(times: int, fleet: Fleet, shared: Path, chance: random.Random) -> None:
    key = Ed25519PrivateKey.generate()
    updates(shared, key)
    killed = Updates(fleet, key, chance)
    ran = Counter(killed.killed() for _ in range(times))
    print(f"{times} updates were killed; then ran: {dict(ran)}", flush=True)


def _tell(what: str, seconds: list[float]) -> None:
    print(f"{what}: {statistics.median(seconds):.1f} s, at worst {max(seconds):.1f} s")


if __name__ == "__main__":
    sys.exit(main())
