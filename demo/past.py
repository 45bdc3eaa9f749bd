"""Thirty past days of a unit, made through the real decoders and recorder into its journal.

The clock is the simulated one: one boot a week, as if the unit were updated every Monday. The
live agent then opens the same journal and delivers it all as backlog.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.fleet import TOMORROW, UNITS, DemoUnit
from demo.taught import Taught
from triporteur_device.anchors import AnchorKeeper
from triporteur_device.clock import Clock, WallTime
from triporteur_device.departure import Outings
from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.opening import PLAN_NAME, STATE_NAME
from triporteur_device.journal import JournalWriter
from triporteur_device.protocols import PROTOCOLS, BadPayload, Fitting, Frame
from triporteur_device.recorder import Recorder
from triporteur_device.simulators.history import frames
from triporteur_device.simulators.motor import ERPM_PER_TURN
from triporteur_device.simulators.presets import past_start_s
from triporteur_device.simulators.wheel import WHEEL_M
from triporteur_wire.local_time import PARIS
from triporteur_wire.records import Anchor

_SOURCES = {"jbd": "batterie", "vedirect": "shunt", "vesc": "moteur"}
_FITTED = Fitting(wheel_circumference_m=WHEEL_M, erpm_per_turn=ERPM_PER_TURN)
_STEP_MOVING_S = 120.0
#: What a ride draws changes from moment to moment, and is counted.
_STEP_RIDING_S = 30.0
#: The readiness takes a longer one for a time that nobody saw.
_STEP_PARKED_S = 150.0
_BOOT_S = 7 * 86_400
_BOOTING_S = 40
_COMMIT_RECORDS = 1000


Said = tuple[float, str, bytes]


class Boot:
    """One past boot: a journal log, a recorder, and the clock of its frames."""

    def __init__(self, journal: JournalWriter, start_s: float, taught: Taught) -> None:
        self._journal = journal
        self._taught = taught
        self._start_s = start_s
        self._now_s = start_s
        self._recorder = Recorder()
        self._anchors = AnchorKeeper(Clock(self._mono_ms, self._wall))
        self._specs = {name: PROTOCOLS[name].fitted(_FITTED) for name in _SOURCES}
        self._decoders = {name: spec.decoder() for name, spec in self._specs.items()}

    def live(self, utc_s: float, device: str, data: bytes) -> None:
        """Takes in what a device sent at that instant."""
        self._now_s = utc_s
        mono_ms = self._mono_ms()
        if wall := self._anchors.due():
            self._journal.append(wall.mono_ms, Anchor(wall.utc_ms, wall.error_ms, wall.origin))
        for event in self._decoders[device].receive(data):
            if isinstance(event, Frame):
                self._record(device, mono_ms, event)
        if self._journal.buffered >= _COMMIT_RECORDS:
            self._journal.commit()

    def _record(self, device: str, mono_ms: int, frame: Frame) -> None:
        try:
            values = self._specs[device].reading(frame).values
        except BadPayload:
            return
        self._taught.take(round(self._now_s * 1000), _SOURCES[device], values)
        record = self._recorder.observe(_SOURCES[device], mono_ms, values)
        if record:
            self._journal.append(mono_ms, record)

    def _mono_ms(self) -> int:
        return round((self._now_s - self._start_s) * 1000)

    def _wall(self) -> WallTime:
        return WallTime(self._mono_ms(), round(self._now_s * 1000), 20, "ntp")


def local_offset_s(now: datetime) -> float:
    """How far the depot's wall clocks are ahead of UTC."""
    offset = now.astimezone(ZoneInfo("Europe/Paris")).utcoffset()
    return (offset or timedelta()).total_seconds()


def record_past(unit: DemoUnit, journal_path: Path, now: datetime) -> None:
    """Fills the journal with the thirty days before `now`."""
    offset_s = local_offset_s(now)
    local_s = now.timestamp() + offset_s
    lived = frames(
        unit.preset.at(local_s),
        unit.seed,
        past_start_s(local_s) - offset_s,
        now.timestamp() - _BOOTING_S,
        _STEP_MOVING_S,
        _STEP_PARKED_S,
        _STEP_RIDING_S,
        utc_offset_s=offset_s,
        with_motor=unit.has_motor,
    )
    taught = Taught(unit.preset.parameters.nominal_ah, now - timedelta(days=8))
    for boot_no, week in enumerate(_weeks(lived), start=1):
        first = next(week)
        start_s = first[0] - _BOOTING_S
        with JournalWriter(journal_path, boot_no, _BOOTING_S * 1000, version("triporteur")) as log:
            boot = Boot(log, start_s, taught)
            boot.live(*first)
            for said in week:
                boot.live(*said)
    taught.write(journal_path.with_name(STATE_NAME))
    _plan(journal_path.parent, now)


def _plan(card: Path, now: datetime) -> None:
    """Somebody has entered where the unit goes tomorrow."""
    file = KeptFile(card / PLAN_NAME, card / "run" / PLAN_NAME)
    outings = Outings(file, 0, PARIS, time(9), [])
    outings.enter("tomorrow", TOMORROW, round(now.timestamp() * 1000))


def _weeks(lived: Iterator[Said]) -> Iterator[Iterator[Said]]:
    """Cuts the past into boots of a week."""
    numbered = groupby(lived, key=Week())
    return (said for _, said in numbered)


class Week:
    """The number of the boot that an instant falls into, counted from the first one seen."""

    def __init__(self) -> None:
        self._start_s: float | None = None

    def __call__(self, said: Said) -> int:
        if self._start_s is None:
            self._start_s = said[0]
        return int((said[0] - self._start_s) // _BOOT_S)


if __name__ == "__main__":
    name, path = sys.argv[1:]
    record_past(next(unit for unit in UNITS if unit.name == name), Path(path), datetime.now(UTC))
