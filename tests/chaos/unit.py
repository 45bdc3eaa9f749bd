"""The real unit, with a second witness and a clock that the harness sets.

`python -m tests.chaos.unit --config UNIT.toml --ledger FILE --clock FILE --boot ID
--booted-ms MS [--rate N]`

It is `triporteur-device run` in which the journal's writer is a `WitnessedWriter`. CLOCK holds
what to add to the machine's UTC, in ms, or the word `unknown`. BOOT is the kernel's name of this
boot, which began MS after that of the machine: its own monotonic clock begins there.

With `--rate` it is in a hurry, so that faults hit busy moments: its lines give so many readings a
second, each worth a record; it commits up to twenty times a second, and looks every 2 s whether a
card that refused is well again. SIGUSR1 silences its lines.
"""

import argparse
import random
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

from tests.chaos.ledger import Ledger, WitnessedWriter
from tests.chaos.replacing import put
from triporteur_device import agent, app, card, storage
from triporteur_device.__main__ import main as device
from triporteur_device.clock import Clock, WallTime, boottime_ms
from triporteur_device.delivery import shipper
from triporteur_device.live import Observation
from triporteur_device.source import Source

UNKNOWN = "unknown"
_ERROR_MS = 500
_TICK_MS = 50
_BEAT_S = 0.02
_PROBE_MS = 2_000


class HurriedSource(Source):
    """Gives what would take a hundred batteries, and no byte of it came over a line."""

    rate = 0.0
    hushed = threading.Event()

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(_BEAT_S):
            for _ in range(random.randint(0, round(2 * self.rate * _BEAT_S))):
                if not self.hushed.is_set():
                    self._sink(Observation(self.name, self._mono_ms(), _values()))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--clock", type=Path, required=True)
    parser.add_argument("--boot", required=True)
    parser.add_argument("--booted-ms", type=int, required=True)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--hushed", action="store_true", help="begin in silence")
    parser.add_argument("--synchronous", default="FULL", help="OFF makes a journal that must fail")
    parser.add_argument("--resend-after-s", type=float, default=60)
    asked = parser.parse_args()
    writer = partial(WitnessedWriter, Ledger(asked.ledger), asked.synchronous)
    put(storage, "JournalWriter", writer)
    put(storage, "boot_id", lambda: asked.boot)
    put(app, "system_clock", lambda _trust: _clock(asked.clock, asked.booted_ms))
    put(shipper, "RESEND_AFTER_MS", round(asked.resend_after_s * 1000))
    if asked.rate:
        _hurry(asked.rate, hushed=asked.hushed)
    return device(["run", "--config", asked.config])


def _hurry(rate: float, *, hushed: bool) -> None:
    HurriedSource.rate = rate
    if hushed:
        HurriedSource.hushed.set()
    signal.signal(signal.SIGUSR1, lambda *_: HurriedSource.hushed.set())
    put(app, "Source", HurriedSource)
    put(agent, "_TICK_MS", _TICK_MS)
    put(card, "_PROBE_MS", _PROBE_MS)


def _clock(path: Path, booted_ms: int) -> Clock:
    return Clock(lambda: boottime_ms() - booted_ms, partial(_wall, path, booted_ms))


def _wall(path: Path, booted_ms: int) -> WallTime | None:
    said = path.read_text().strip()
    if said in (UNKNOWN, ""):  # empty: it is being written
        return None
    utc_ms = time.time_ns() // 1_000_000 + int(said)
    return WallTime(boottime_ms() - booted_ms, max(0, utc_ms), _ERROR_MS, "ntp")


def _values() -> dict[str, float]:
    return {
        "pack_voltage_v": random.uniform(40, 58),
        "current_a": random.choice((-1, 1)) * random.uniform(2, 30),
        "soc_pct": random.uniform(0, 100),
    }


if __name__ == "__main__":
    sys.exit(main())
